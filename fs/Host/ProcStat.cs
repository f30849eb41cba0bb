using System.Buffers.Text;

namespace Fs.Host;

/// <summary>/proc/PID/stat. The name of the process stands in brackets and may hold brackets, blanks and newlines itself.</summary>
internal static class ProcStat
{
    // fs/proc/array.c: do_task_stat: starttime is the 22nd field, the 20th behind the name.
    private const int FieldsBeforeBirth = 19;

    /// <summary>When it began, in ticks since boot.</summary>
    public static bool TryBirth(ReadOnlySpan<byte> text, out ulong birth)
    {
        birth = 0;
        ReadOnlySpan<byte> rest = text[(text.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (int field = 0; field < FieldsBeforeBirth; field++)
        {
            int end = rest.IndexOf((byte)' ');
            if (end < 0)
                return false;
            rest = rest[(end + 1)..];
        }

        return Utf8Parser.TryParse(rest, out birth, out _);
    }
}
