namespace Fuse.Testing;

/// <summary>
/// Switches FUSE over io_uring on or off for the whole machine and back again. It matters only while mounting. One test at a time
/// has it, of all test processes: the open file is locked.
/// </summary>
internal sealed class UringParameter : IDisposable
{
    internal const string FilePath = "/sys/module/fuse/parameters/enable_uring";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FileStream _file = Lock();
    private readonly bool _before;

    internal UringParameter(bool on)
    {
        _before = _file.ReadByte() == 'Y';
        Set(on);
    }

    /// <summary>Whether the kernel has FUSE over io_uring, and this process may switch it.</summary>
    internal static bool IsThere => File.Exists(FilePath) && Environment.IsPrivilegedProcess;

    public void Dispose()
    {
        Set(_before);
        _file.Dispose();
    }

    private void Set(bool on)
    {
        _file.Position = 0;
        _file.Write(on ? "Y"u8 : "N"u8);
    }

    private static FileStream Lock()
    {
        for (DateTime start = DateTime.UtcNow; ; Thread.Sleep(5))
        {
            try
            {
                return new FileStream(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (DateTime.UtcNow - start < s_patience)
            {
                // another test has it
            }
        }
    }
}
