namespace Fs.Hosting;

/// <summary>Who reads and writes the bytes of files (<c>io=</c>).</summary>
internal enum IoMode
{
    /// <summary>The kernel where it can, else the daemon.</summary>
    Auto,

    /// <summary>The daemon, behind the host's page cache.</summary>
    Cached,

    /// <summary>The kernel, or the mount fails.</summary>
    Passthrough,
}
