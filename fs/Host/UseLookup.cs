using System.Globalization;

namespace Fs.Host;

/// <summary>Whether a process has a file of the mount mapped or open.</summary>
internal sealed class UseLookup(HostProc proc, int processId, uint uid, uint connection) : MapsLookup(proc, processId, uid, connection)
{
    private readonly uint _connection = connection;

    /// <summary>Whether it has.</summary>
    public bool UsesMount { get; private set; }

    /// <inheritdoc/>
    protected override void Look()
    {
        UsesMount = HasOpenFile();
        if (UsesMount)
            return;
        base.Look();
        UsesMount = Areas.Count > 0;
    }

    // The kernel says of what it has in memory which device it is on: nobody's file system is asked, this mount's neither.
    private bool HasOpenFile()
    {
        List<int> descriptors = [];
        foreach (string directory in Directories())
        {
            if (Proc.List($"{directory}/fd", descriptors) < 0 || descriptors.Count == 0)
                continue;
            foreach (int descriptor in descriptors)
            {
                string path = string.Create(CultureInfo.InvariantCulture, $"{directory}/fd/{descriptor}");
                if (Proc.Stat(path, out Libc.Statx stat) == 0 && stat.IsOn(_connection))
                    return true;
            }

            return false;
        }

        return false;
    }
}
