namespace ProcFs.Parsing;

/// <summary>Numbers as files of /proc take them: decimal or 0x hex, with K, M or G behind (R30).</summary>
internal static class ProcNumber
{
    /// <summary>Reads a whole token; false for anything else, overflow included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> token, out ulong number)
    {
        number = 0;
        int shift = 0;
        if (!token.IsEmpty)
        {
            shift = (token[^1] | 0x20) switch { (byte)'k' => 10, (byte)'m' => 20, (byte)'g' => 30, _ => 0 };
            if (shift != 0)
                token = token[..^1];
        }

        ulong radix = 10;
        if (token.Length > 2 && token[0] == (byte)'0' && (token[1] | 0x20) == (byte)'x')
        {
            radix = 16;
            token = token[2..];
        }

        if (token.IsEmpty)
            return false;
        foreach (byte character in token)
        {
            ulong digit = DigitOf(character);
            if (digit >= radix || number > (ulong.MaxValue - digit) / radix)
                return false;
            number = (number * radix) + digit;
        }

        if (number > ulong.MaxValue >> shift)
            return false;
        number <<= shift;
        return true;
    }

    private static ulong DigitOf(byte character)
    {
        if (character is >= (byte)'0' and <= (byte)'9')
            return (ulong)(character - '0');
        byte lower = (byte)(character | 0x20);
        return lower is >= (byte)'a' and <= (byte)'f' ? (ulong)(lower - 'a' + 10) : ulong.MaxValue;
    }
}
