namespace KernelModel.Text;

/// <summary>The number that a file of /proc takes whose buffer is PROC_NUMBUF, as clear_refs (linux: lib/kstrtox.c, kstrtoint).</summary>
public static class KernelInteger
{
    // PROC_NUMBUF without the NUL.
    private const int BufferLength = 12;

    // lib/ctype.c: isspace, which is Latin-1.
    private static ReadOnlySpan<byte> Blanks => [(byte)' ', (byte)'\t', (byte)'\n', (byte)'\v', (byte)'\f', (byte)'\r', 0xA0];

    /// <summary>Reads the whole of a text, with blanks and newlines around it.</summary>
    /// <param name="text">The text; afterwards as much of it as is taken.</param>
    /// <param name="radix">10, or 0 for that of the prefix: 0x hex, 0 octal.</param>
    /// <param name="number">The number.</param>
    /// <returns>0, -EINVAL, or -ERANGE.</returns>
    public static int Parse(ref ReadOnlySpan<byte> text, uint radix, out int number)
    {
        text = text[..Math.Min(text.Length, BufferLength)];
        int end = text.IndexOf((byte)0);
        ReadOnlySpan<byte> word = (end < 0 ? text : text[..end]).Trim(Blanks);
        bool isNegative = word.StartsWith("-"u8);
        if (isNegative || word.StartsWith("+"u8))
            word = word[1..];
        return ParseDigits(word, radix, isNegative, out number);
    }

    private static int ParseDigits(ReadOnlySpan<byte> digits, uint radix, bool isNegative, out int number)
    {
        number = 0;
        if (radix == 0)
        {
            bool isHex = digits.Length > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x' && char.IsAsciiHexDigit((char)digits[2]);
            radix = isHex ? 16u : digits.StartsWith("0"u8) ? 8u : 10u;
            if (isHex)
                digits = digits[2..];
        }

        if (digits.IsEmpty)
            return -Errno.EINVAL;
        long value = 0;
        foreach (byte digit in digits)
        {
            uint worth = WorthOf(digit);
            if (worth >= radix)
                return -Errno.EINVAL;
            value = (value * radix) + worth; // 12 digits never overflow it
        }

        if (isNegative)
            value = -value;
        if (value is < int.MinValue or > int.MaxValue)
            return -Errno.ERANGE;
        number = (int)value;
        return 0;
    }

    private static uint WorthOf(byte digit)
        => char.IsAsciiDigit((char)digit) ? digit - (uint)'0'
            : char.IsAsciiHexDigit((char)digit) ? (digit | 0x20u) - 'a' + 10
            : uint.MaxValue;
}
