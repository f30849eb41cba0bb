namespace Fuse;

/// <summary>Mounting failed.</summary>
public sealed class FuseMountException : Exception
{
    /// <summary>An exception without a message.</summary>
    public FuseMountException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public FuseMountException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and a cause.</summary>
    public FuseMountException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception for a failed system call.</summary>
    /// <param name="what">What was attempted.</param>
    /// <param name="errno">The errno, positive; see <see cref="Linux.Errno"/>.</param>
    public FuseMountException(string what, int errno)
        : base($"{what}: {Linux.Errno.Describe(errno)} (errno {errno})") => Errno = errno;

    /// <summary>The errno, positive; 0 if there is none.</summary>
    public int Errno { get; }
}
