using System.Buffers.Text;
using System.Globalization;

namespace Fs.Host;

/// <summary>A line of /proc/PID/maps, without the name: another's name may be anything.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">End address, exclusive.</param>
/// <param name="IsSharedWritable">Whether stores reach the file, for which it was opened for writing.</param>
/// <param name="Offset">Offset in the file, in bytes.</param>
/// <param name="Major">Device.</param>
/// <param name="Minor">Device.</param>
/// <param name="Ino">Inode.</param>
internal readonly record struct ProcMaps(ulong Start, ulong End, bool IsSharedWritable, ulong Offset, uint Major, uint Minor, ulong Ino)
{
    // start-end perms offset major:minor inode name
    private const int WriteAt = 1;
    private const int SharedAt = 3;
    private const int PermsLength = 4;

    /// <summary>The name of the area in /proc/PID/map_files.</summary>
    public string MapFile => string.Create(CultureInfo.InvariantCulture, $"{Start:x}-{End:x}");

    /// <summary>Reads a line; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ProcMaps area)
    {
        area = default;
        if (!TryHex(ref line, (byte)'-', out ulong start) || !TryHex(ref line, (byte)' ', out ulong end)
            || line.Length <= PermsLength || line[PermsLength] != (byte)' ')
            return false;
        bool isSharedWritable = line[WriteAt] == (byte)'w' && line[SharedAt] == (byte)'s';
        line = line[(PermsLength + 1)..];
        if (!TryHex(ref line, (byte)' ', out ulong offset) || !TryHex(ref line, (byte)':', out ulong major)
            || !TryHex(ref line, (byte)' ', out ulong minor) || !Utf8Parser.TryParse(line, out ulong ino, out int used)
            || (used < line.Length && line[used] != (byte)' '))
            return false;
        area = new ProcMaps(start, end, isSharedWritable, offset, (uint)major, (uint)minor, ino);
        return true;
    }

    private static bool TryHex(ref ReadOnlySpan<byte> line, byte end, out ulong number)
    {
        if (!Utf8Parser.TryParse(line, out number, out int used, 'x') || used >= line.Length || line[used] != end)
            return false;
        line = line[(used + 1)..];
        return true;
    }
}
