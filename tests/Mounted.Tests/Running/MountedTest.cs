namespace Mounted.Tests.Running;

/// <summary>A test with mounts. xunit disposes the class after each test, so that a failure of both is shown.</summary>
public abstract class MountedTest : IDisposable
{
    private readonly List<Mount> _mounts = [];

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (Mount mount in _mounts)
            mount.Dispose();
    }

    /// <summary>Mounts, with the options of <c>-o</c>.</summary>
    private protected Mount Mount(string options = "", int deadlineSeconds = 60, int openFiles = 0)
        => Keep(Running.Mount.Start(options, deadlineSeconds, openFiles));

    private protected Mount Keep(Mount mount)
    {
        _mounts.Add(mount);
        return mount;
    }
}
