namespace KernelModel.Replay;

/// <summary>One line of a script: words by position, missing ones empty or 0, and the result of the call.</summary>
internal sealed class ScriptCall(string[] words)
{
    private const long PageBytes = 4096;

    /// <summary>0, or a negative errno.</summary>
    public long Result { get; set; }

    public string Name => words[0];

    public string Word(int index) => index < words.Length ? words[index] : "";

    public int Number(int index, int missing = 0)
    {
        string word = Word(index);
        int digits = 0;
        while (digits < word.Length && (char.IsAsciiDigit(word[digits]) || (digits == 0 && word[0] == '-')))
            digits++;
        return int.TryParse(word.AsSpan(0, digits), out int value) ? value : missing;
    }

    public ulong Address(int index) => ScriptPlayer.Base + (ulong)(Number(index) * PageBytes);

    public ulong Bytes(int index) => (ulong)(Number(index) * PageBytes);

    public bool Has(int index, char letter) => Word(index).Contains(letter, StringComparison.Ordinal);
}
