namespace Fuse;

/// <summary>The session cannot go on: the kernel speaks a version that is too old, or the device fails.</summary>
public sealed class FuseProtocolException : Exception
{
    /// <summary>An exception without a message.</summary>
    public FuseProtocolException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public FuseProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and a cause.</summary>
    public FuseProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
