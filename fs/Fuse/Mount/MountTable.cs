using System.Globalization;
using System.Text;

namespace Fuse;

/// <summary>
/// Reads /proc/self/mountinfo: the one way to learn about the own mount without touching it, which a serving process must not do.
/// </summary>
internal static class MountTable
{
    private const string Path = "/proc/self/mountinfo";

    /// <summary>The connection number of the topmost FUSE mount on a directory, or null if none is mounted there.</summary>
    internal static uint? FindConnection(string mountPoint) => FindConnection(File.ReadLines(Path), mountPoint);

    /// <summary>Of several mounts on one directory the last line is the topmost.</summary>
    internal static uint? FindConnection(IEnumerable<string> lines, string mountPoint)
    {
        uint? found = null;
        foreach (string line in lines)
        {
            // id parent major:minor root mountpoint options [optional...] - type source superoptions
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-");
            if (separator < 5 || separator + 1 >= fields.Length || Unescape(fields[4]) != mountPoint)
                continue;

            string type = fields[separator + 1];
            bool isFuse = type == "fuse" || type.StartsWith("fuse.", StringComparison.Ordinal);
            found = isFuse ? Minor(fields[2]) : null;
        }

        return found;
    }

    // fs/fuse/inode.c: fuse_fill_super_common; the connection is named by the device number, and its major is 0.
    private static uint? Minor(string device)
        => uint.TryParse(device.AsSpan(device.IndexOf(':') + 1), CultureInfo.InvariantCulture, out uint minor) ? minor : null;

    // fs/proc_namespace.c: show_mountinfo mangles " \t\n\\" and # as octal, byte by byte.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
            return field;

        byte[] bytes = Encoding.UTF8.GetBytes(field);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++, length++)
        {
            bool escaped = bytes[i] == '\\' && i + 3 < bytes.Length;
            bytes[length] = escaped ? (byte)(((bytes[i + 1] - '0') << 6) | ((bytes[i + 2] - '0') << 3) | (bytes[i + 3] - '0')) : bytes[i];
            if (escaped)
                i += 3;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
