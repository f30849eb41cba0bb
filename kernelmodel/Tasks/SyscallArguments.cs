using KernelModel.Text;

namespace KernelModel.Tasks;

/// <summary>The words of a call after its name; what is missing or malformed makes the call a usage error.</summary>
internal sealed class SyscallArguments(string[] words)
{
    private int _next;

    /// <summary>Whether everything asked for was there and well formed, and nothing is left over.</summary>
    public bool IsValid => !_bad && _next == words.Length;

    private bool _bad;

    public bool HasMore => _next < words.Length;

    public string Word()
    {
        if (_next < words.Length)
            return words[_next++];
        _bad = true;
        return "";
    }

    /// <summary>Decimal or 0x hex, with K, M or G.</summary>
    public ulong Number()
    {
        string word = Word();
        _bad |= !NumberText.TryParse(word.AsSpan(), out ulong value);
        return value;
    }

    /// <summary>A number that may be left out at the end.</summary>
    public ulong OptionalNumber() => HasMore ? Number() : 0;

    /// <summary>One of the given words.</summary>
    public T One<T>(params ReadOnlySpan<(string Word, T Value)> choices)
    {
        string word = Word();
        foreach ((string name, T value) in choices)
        {
            if (name == word)
                return value;
        }

        _bad = true;
        return default!;
    }

    /// <summary>The name of an enum member, underscores and case left out of account.</summary>
    public T Named<T>()
        where T : struct, Enum
    {
        string word = Word().Replace("_", "", StringComparison.Ordinal);
        if (word.Length > 0 && !char.IsAsciiDigit(word[0]) && Enum.TryParse(word, ignoreCase: true, out T value) && Enum.IsDefined(value))
            return value;
        _bad = true;
        return default;
    }

    public void Fail() => _bad = true;
}
