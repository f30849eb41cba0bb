namespace Mounted.Tests.Running;

/// <summary>A real tmpfs, to compare with.</summary>
internal sealed class TmpfsMount : IDisposable
{
    /// <summary>Mounts one in a directory of its own that everybody may use.</summary>
    public TmpfsMount(string options = "mode=1777")
    {
        Root = Directory.CreateTempSubdirectory("vrangefs-test.tmpfs.").FullName;
        Command.Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Root).Succeeded();
    }

    /// <summary>The mount point.</summary>
    public string Root { get; }

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose()
    {
        _ = Command.Run("umount", "-l", Root);
        Directory.Delete(Root);
    }
}
