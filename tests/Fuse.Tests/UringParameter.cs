namespace Fuse.Tests;

/// <summary>Switches FUSE over io_uring on or off for the whole machine and back again. It matters only while mounting.</summary>
internal sealed class UringParameter : IDisposable
{
    internal const string FilePath = "/sys/module/fuse/parameters/enable_uring";
    private readonly string _before = File.ReadAllText(FilePath);

    internal UringParameter(bool on) => File.WriteAllText(FilePath, on ? "Y" : "N");

    public void Dispose() => File.WriteAllText(FilePath, _before);
}
