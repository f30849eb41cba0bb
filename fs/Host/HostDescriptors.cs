using System.Globalization;
using System.Text;

namespace Fs.Host;

/// <summary>
/// Open files of host processes as /proc/TID/fdinfo shows them: a look at what a descriptor leads to would ask the mount
/// itself. A process may have many, so not on a thread that serves requests.
/// </summary>
/// <param name="device">Device number of the mount as mountinfo prints it, "0:42".</param>
internal sealed class HostDescriptors(string device)
{
    private const uint O_ACCMODE = 3;

    /// <summary>Whether a thread's process has a file of the mount open for writing; false when that cannot be seen.</summary>
    public bool HasOpenForWriting(uint thread, ulong ino)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{thread}/fdinfo")))
            {
                string[] info = Lines(descriptor);
                if (IsWritable(info) && MayBe(info, ino) && Field(info, "mnt_id:") is string mount && IsOfTheMount(thread, mount))
                    return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The thread is gone, or not to be looked at.
        }

        return false;
    }

    private static bool IsWritable(string[] info)
        => Field(info, "flags:") is string flags && (Convert.ToUInt32(flags, 8) & O_ACCMODE) != 0;

    // Linux before 5.14 does not tell the inode.
    private static bool MayBe(string[] info, ulong ino)
        => Field(info, "ino:") is not string number || ulong.Parse(number, CultureInfo.InvariantCulture) == ino;

    // id parent major:minor ...
    private bool IsOfTheMount(uint thread, string mount)
        => Lines(string.Create(CultureInfo.InvariantCulture, $"/proc/{thread}/mountinfo"))
            .Select(static line => line.Split(' ', 4))
            .Any(words => words.Length == 4 && words[0] == mount && words[2] == device);

    // The names in mountinfo may hold any character but these two, which are escaped.
    private static string[] Lines(string path) => Encoding.Latin1.GetString(File.ReadAllBytes(path)).Split('\n');

    private static string? Field(string[] lines, string key)
        => lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();
}
