namespace Fuse.Testing;

/// <summary>
/// Switches FUSE over io_uring on or off for the whole machine and back again. It matters only while mounting. One test at a time
/// has it, of all test processes.
/// </summary>
internal sealed class UringParameter : IDisposable
{
    internal const string FilePath = "/sys/module/fuse/parameters/enable_uring";
    private static readonly string s_lockPath = Path.Combine(Path.GetTempPath(), "vrangefs-tests.enable_uring");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FileStream _lock = Lock();
    private readonly string _before = File.ReadAllText(FilePath);

    internal UringParameter(bool on) => File.WriteAllText(FilePath, on ? "Y" : "N");

    /// <summary>Whether the kernel has FUSE over io_uring, and this process may switch it.</summary>
    internal static bool IsThere => File.Exists(FilePath) && Environment.IsPrivilegedProcess;

    public void Dispose()
    {
        File.WriteAllText(FilePath, _before);
        _lock.Dispose();
    }

    private static FileStream Lock()
    {
        for (DateTime start = DateTime.UtcNow; ; Thread.Sleep(5))
        {
            try
            {
                return new FileStream(s_lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow - start < s_patience)
            {
                // another test has it
            }
        }
    }
}
