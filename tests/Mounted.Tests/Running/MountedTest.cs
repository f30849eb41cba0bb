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

    /// <summary>Mounts, and has an agent open a file for reading and writing.</summary>
    private protected (Mount Mount, Agent Agent, int File) MountWithFile(string options = "", string name = "f")
    {
        Mount mount = Mount(options);
        Agent agent = mount.NewAgent();
        return (mount, agent, agent.Open(mount[name]));
    }

    private protected Mount Keep(Mount mount)
    {
        _mounts.Add(mount);
        return mount;
    }
}
