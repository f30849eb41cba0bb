namespace KernelModel.Text;

/// <summary>Cuts a command into words, from either end.</summary>
public static class Words
{
    private static ReadOnlySpan<byte> Blanks => " \t\n"u8;

    /// <summary>The text without blanks and newlines around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(Blanks);

    /// <summary>Takes the first word off; the rest starts with the next word.</summary>
    public static ReadOnlySpan<byte> TakeFirst(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny(Blanks);
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[end..].TrimStart(Blanks);
        return word;
    }

    /// <summary>Takes the last word off; the rest ends with the word before it.</summary>
    public static ReadOnlySpan<byte> TakeLast(ref ReadOnlySpan<byte> text)
    {
        int start = text.LastIndexOfAny(Blanks);
        ReadOnlySpan<byte> word = text[(start + 1)..];
        text = start < 0 ? default : text[..start].TrimEnd(Blanks);
        return word;
    }
}
