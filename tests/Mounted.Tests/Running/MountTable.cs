using System.Globalization;

namespace Mounted.Tests.Running;

/// <summary>/proc/self/mountinfo: tells of mounts without touching them.</summary>
internal static class MountTable
{
    /// <summary>The number of the FUSE connection mounted on a directory: the minor of its device. Null when there is none.</summary>
    public static uint? ConnectionOf(string directory)
    {
        uint? connection = null;
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            // id parent major:minor root mountpoint options [tags] - type ...
            string[] words = line.Split(' ');
            if (words[4] == directory && words[Array.IndexOf(words, "-") + 1].StartsWith("fuse", StringComparison.Ordinal))
                connection = uint.Parse(words[2].Split(':')[1], CultureInfo.InvariantCulture);
        }

        return connection;
    }
}
