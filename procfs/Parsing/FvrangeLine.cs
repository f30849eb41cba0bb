using KernelModel.Text;
using KernelModel.Vrange;

namespace ProcFs.Parsing;

/// <summary>
/// <c>[PATH] OFFSET LEN MODE [full|partial]</c>, as proc/fvrange and user.vrange take it, or <c>@ADDR LEN MODE ...</c> for
/// the caller's own mapping. Read from the right, so that a path may hold blanks (R14).
/// </summary>
public readonly ref struct FvrangeLine
{
    private FvrangeLine(
        ReadOnlySpan<byte> path, bool isAddress, ulong offset, ulong length, VrangeMode mode, VrangeBehavior behavior)
    {
        Path = path;
        IsAddress = isAddress;
        Offset = offset;
        Length = length;
        Mode = mode;
        Behavior = behavior;
    }

    /// <summary>What stands before the numbers, or empty. Escapes are not undone yet.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>Whether <see cref="Offset"/> is an address of the caller.</summary>
    public bool IsAddress { get; }

    /// <summary>Bytes, not checked yet.</summary>
    public ulong Offset { get; }

    /// <summary>Bytes, not checked yet.</summary>
    public ulong Length { get; }

    /// <summary>R1.</summary>
    public VrangeMode Mode { get; }

    /// <summary>R1.</summary>
    public VrangeBehavior Behavior { get; }

    /// <summary>Reads one line; false when it is not of the form.</summary>
    /// <param name="text">The text, one newline at its end allowed.</param>
    /// <param name="line">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out FvrangeLine line)
    {
        line = default;
        ReadOnlySpan<byte> rest = Words.Trim(text);
        if (rest.Contains((byte)'\n') || rest.Contains((byte)0))
            return false;

        VrangeBehavior behavior = VrangeBehavior.Full;
        ReadOnlySpan<byte> word = Words.TakeLast(ref rest);
        if (word.SequenceEqual("partial"u8) || word.SequenceEqual("full"u8))
        {
            behavior = word.SequenceEqual("partial"u8) ? VrangeBehavior.Partial : VrangeBehavior.Full;
            word = Words.TakeLast(ref rest);
        }

        VrangeMode mode;
        if (word.SequenceEqual("volatile"u8))
            mode = VrangeMode.Volatile;
        else if (word.SequenceEqual("nonvolatile"u8))
            mode = VrangeMode.NonVolatile;
        else
            return false;

        if (!NumberText.TryParse(Words.TakeLast(ref rest), out ulong length))
            return false;

        word = Words.TakeLast(ref rest);
        bool isAddress = rest.IsEmpty && word.StartsWith("@"u8);
        if (!NumberText.TryParse(isAddress ? word[1..] : word, out ulong offset))
            return false;

        line = new FvrangeLine(rest, isAddress, offset, length, mode, behavior);
        return true;
    }

    /// <summary>Undoes the octal escapes of maps, <c>\012</c>, in a path.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> path)
    {
        var bytes = new List<byte>(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == (byte)'\\' && i + 3 < path.Length
                && path[i + 1] is >= (byte)'0' and <= (byte)'3' && IsOctal(path[i + 2]) && IsOctal(path[i + 3]))
            {
                bytes.Add((byte)(((path[i + 1] - '0') << 6) | ((path[i + 2] - '0') << 3) | (path[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.Add(path[i]);
            }
        }

        return [.. bytes];
    }

    private static bool IsOctal(byte character) => character is >= (byte)'0' and <= (byte)'7';
}
