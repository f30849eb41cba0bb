using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Fuse;

/// <summary>A line of the mount table.</summary>
/// <param name="Id">The mount's number, until it is unmounted.</param>
/// <param name="Connection">The number of its FUSE connection, null for other filesystems.</param>
/// <param name="Path">Where it is mounted.</param>
internal sealed record MountEntry(int Id, uint? Connection, byte[] Path);

/// <summary>
/// /proc/self/mountinfo: the one way to learn about the own mount without touching it, which a serving process must not do. It is
/// bytes: nothing but a line feed ends a line, and a path need not be UTF-8.
/// </summary>
/// <remarks>Opened before there is a mount that might be put over /proc.</remarks>
internal sealed class MountTable : IDisposable
{
    private const int AtOnce = 64 * 1024;

    private readonly SafeFileHandle _file = File.OpenHandle("/proc/self/mountinfo");

    internal bool IsClosed => _file.IsClosed;

    /// <summary>The mounts that this process sees now; of several on one path the last is the topmost.</summary>
    internal List<MountEntry> Read()
    {
        byte[] table = new byte[AtOnce];
        int length = 0;
        int count;
        while ((count = RandomAccess.Read(_file, table.AsSpan(length), length)) > 0)
        {
            length += count;
            if (length == table.Length)
                Array.Resize(ref table, 2 * length);
        }

        return Parse(table.AsSpan(0, length));
    }

    internal static List<MountEntry> Parse(ReadOnlySpan<byte> table)
    {
        List<MountEntry> entries = [];
        foreach (Range line in table.Split((byte)'\n'))
        {
            if (ParseLine(table[line]) is MountEntry entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>The topmost mount on a path, or null.</summary>
    internal static MountEntry? TopAt(List<MountEntry> entries, ReadOnlySpan<byte> path)
    {
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (path.SequenceEqual(entries[i].Path))
                return entries[i];
        }

        return null;
    }

    public void Dispose() => _file.Dispose();

    // id parent major:minor root mountpoint options [tag...] - type source superoptions
    private static MountEntry? ParseLine(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> separator = " - "u8; // of no other field, they escape blanks
        int tagsEnd = line.IndexOf(separator);
        if (tagsEnd < 0 || !Utf8Parser.TryParse(line, out int id, out _))
            return null;

        ReadOnlySpan<byte> type = Field(line[(tagsEnd + separator.Length)..], 0);
        bool isFuse = type.SequenceEqual("fuse"u8) || type.StartsWith("fuse."u8);
        return new MountEntry(id, isFuse ? Minor(Field(line, 2)) : null, Unescape(Field(line, 4)));
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
    {
        for (; index > 0; index--)
            line = line[(line.IndexOf((byte)' ') + 1)..];
        int end = line.IndexOf((byte)' ');
        return end < 0 ? line : line[..end];
    }

    // fs/fuse/inode.c: fuse_fill_super_common; the connection is named by the device number, and its major is 0.
    private static uint? Minor(ReadOnlySpan<byte> device)
        => Utf8Parser.TryParse(device[(device.IndexOf((byte)':') + 1)..], out uint minor, out _) ? minor : null;

    // fs/seq_file.c: mangle_path; " \t\n\\" are a backslash and three octal digits.
    private static byte[] Unescape(ReadOnlySpan<byte> field)
    {
        byte[] bytes = field.ToArray();
        int length = 0;
        for (int i = 0; i < bytes.Length; i++, length++)
        {
            bool escaped = bytes[i] == '\\' && i + 3 < bytes.Length;
            bytes[length] = escaped ? (byte)(((bytes[i + 1] - '0') << 6) | ((bytes[i + 2] - '0') << 3) | (bytes[i + 3] - '0')) : bytes[i];
            if (escaped)
                i += 3;
        }

        return bytes[..length];
    }
}
