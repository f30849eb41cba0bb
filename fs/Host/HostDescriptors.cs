using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Open files of host processes. One may have many, so not on a thread that serves requests.</summary>
/// <param name="proc">The host's /proc.</param>
/// <param name="connection">Minor device number of the mount.</param>
internal sealed class HostDescriptors(HostProc proc, uint connection)
{
    private const uint O_ACCMODE = 3;

    /// <summary>Whether a thread's process has a file of the mount open for writing; false when that cannot be seen.</summary>
    public bool HasOpenForWriting(uint thread, ulong ino)
    {
        List<int> descriptors = [];
        _ = proc.List(string.Create(CultureInfo.InvariantCulture, $"{thread}/fd"), descriptors);
        foreach (int descriptor in descriptors)
        {
            if (proc.Stat(string.Create(CultureInfo.InvariantCulture, $"{thread}/fd/{descriptor}"), out Libc.Statx stat) == 0
                && stat.IsOn(connection) && stat.stx_ino == ino
                && IsWritable(string.Create(CultureInfo.InvariantCulture, $"{thread}/fdinfo/{descriptor}")))
                return true;
        }

        return false;
    }

    // fs/proc/fd.c: seq_show
    private bool IsWritable(string path)
    {
        using SafeFileHandle file = proc.Open(path);
        if (file.IsInvalid)
            return false;
        using var lines = new ProcLines(file);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!line.StartsWith("flags:"u8))
                continue;
            ReadOnlySpan<byte> digits = line["flags:"u8.Length..].Trim(" \t"u8);
            return !digits.IsEmpty && ((uint)(digits[^1] - '0') & O_ACCMODE) != 0; // octal
        }

        return false;
    }
}
