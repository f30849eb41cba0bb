using System.Globalization;
using KernelModel.Mm;

namespace KernelModel.Reclaim;

/// <summary>One command of /proc/PID/reclaim (S3): which areas, and which part of them, in bytes.</summary>
/// <param name="File">Areas with a file.</param>
/// <param name="Anonymous">Areas without one.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">End, exclusive.</param>
internal readonly record struct ReclaimRequest(bool File, bool Anonymous, ulong Start, ulong End)
{
    private const int LongestCommand = 199;
    private const ulong PageMask = ~4095UL;

    /// <summary>Reads a command: <c>file</c>, <c>anon</c>, <c>all</c> or <c>ADDR LEN</c> (R30, R31).</summary>
    /// <param name="text">What was written.</param>
    /// <param name="request">The command.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int Parse(string text, out ReclaimRequest request)
    {
        request = default;
        if (text.Length > LongestCommand)
            return -Errno.EINVAL;
        string[] words = text.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        bool file = words is ["file"] or ["all"];
        bool anonymous = words is ["anon"] or ["all"];
        if (file || anonymous)
        {
            request = new ReclaimRequest(file, anonymous, 0, MmStruct.TaskSize);
            return 0;
        }

        if (words.Length != 2 || !TryNumber(words[0], out ulong start) || !TryNumber(words[1], out ulong length) || (start & ~PageMask) != 0)
            return -Errno.EINVAL;
        ulong rounded = (length + ~PageMask) & PageMask;
        if ((length != 0 && rounded == 0) || start + rounded < start)
            return -Errno.EINVAL;
        request = new ReclaimRequest(true, true, start, start + rounded);
        return 0;
    }

    // Decimal or 0x hex, with K, M or G.
    private static bool TryNumber(string word, out ulong value)
    {
        int shift = word[^1] switch { 'K' or 'k' => 10, 'M' or 'm' => 20, 'G' or 'g' => 30, _ => 0 };
        string digits = shift == 0 ? word : word[..^1];
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool valid = hex
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!valid || (shift > 0 && value >> (64 - shift) != 0))
            return false;
        value <<= shift;
        return true;
    }
}
