using System.Numerics;

namespace KernelModel.Text;

/// <summary>Numbers as commands take them: decimal or 0x hex, with K, M or G behind (R30).</summary>
public static class NumberText
{
    /// <summary>Reads a whole word, of bytes or characters; false for anything else, overflow included.</summary>
    /// <param name="word">The word.</param>
    /// <param name="number">The number.</param>
    public static bool TryParse<T>(ReadOnlySpan<T> word, out ulong number)
        where T : unmanaged, IBinaryInteger<T>
    {
        number = 0;
        int shift = 0;
        if (!word.IsEmpty)
        {
            shift = Lower(word[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
            if (shift != 0)
                word = word[..^1];
        }

        ulong radix = 10;
        if (word.Length > 2 && Lower(word[0]) == '0' && Lower(word[1]) == 'x')
        {
            radix = 16;
            word = word[2..];
        }

        if (word.IsEmpty)
            return false;
        foreach (T character in word)
        {
            ulong digit = DigitOf(Lower(character));
            if (digit >= radix || number > (ulong.MaxValue - digit) / radix)
                return false;
            number = (number * radix) + digit;
        }

        if (number > ulong.MaxValue >> shift)
            return false;
        number <<= shift;
        return true;
    }

    private static ulong DigitOf(uint character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'f' => character - 'a' + 10,
        _ => ulong.MaxValue,
    };

    // Letters only, so that no other character becomes a digit.
    private static uint Lower<T>(T character)
        where T : unmanaged, IBinaryInteger<T>
    {
        uint value = uint.CreateTruncating(character);
        return value is >= 'A' and <= 'Z' ? value | 0x20 : value;
    }
}
