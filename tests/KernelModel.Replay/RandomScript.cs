using System.Globalization;
using System.Text;

namespace KernelModel.Replay;

/// <summary>
/// Makes random scripts for a small arena: dense enough that areas meet, split and merge all the time. The same seed
/// gives the same script for ever.
/// </summary>
internal sealed class RandomScript
{
    /// <summary>Calls in a script of the suite.</summary>
    public const int Operations = 40;

    /// <summary>Pages of the arena.</summary>
    public const int Arena = 24;

    private static readonly string[] s_permissions = ["rw", "rw", "rw", "r", "-", "rx"];
    private static readonly string[] s_kinds = ["p", "p", "p", "p", "pn", "s", "pl", "pP", "D"];
    private static readonly string[] s_flagAdvice =
    [
        "DONTFORK", "DOFORK", "DONTDUMP", "DODUMP", "WIPEONFORK", "KEEPONFORK", "RANDOM", "NORMAL", "SEQUENTIAL", "MERGEABLE",
    ];

    private static readonly string[] s_dataAdvice =
    [
        "DONTNEED", "DONTNEED", "DONTNEED_LOCKED", "REMOVE", "FREE", "POPULATE_READ", "POPULATE_WRITE", "GUARD_INSTALL", "GUARD_REMOVE",
    ];

    private static readonly string[] s_swapAdvice = ["PAGEOUT", "PAGEOUT", "PAGEOUT", "COLD", "FREE", "WILLNEED", "DONTNEED"];

    private readonly StringBuilder _text = new();
    private readonly bool _swap;
    private readonly SplitMix _random;
    private int _page;
    private int _length;

    private RandomScript(ulong seed, bool swap)
    {
        _random = new SplitMix(seed);
        _swap = swap;
    }

    /// <summary>Makes a script.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="operations">Calls in it.</param>
    /// <param name="swap">Whether it pages out, for a machine with swap.</param>
    public static string Make(ulong seed, int operations, bool swap) => new RandomScript(seed, swap).Write(operations);

    private string Write(int operations)
    {
        Line($"file 0 16 full");
        Line($"file 1 8 {(Next(2) == 0 ? "full" : "empty")}");
        if (Next(2) == 0)
        {
            Line($"dropcap");
            Line($"limit {(Next(3) + 1) * 4}");
        }

        int forkAt = Next(3) == 0 ? operations / 2 : -1;
        for (int i = 0; i < operations; i++)
        {
            if (i == forkAt)
                Line($"fork");
            _page = Next(Arena - 1);
            _length = 1 + Next(Math.Min(8, Arena - _page));
            Operation();
            if (i == forkAt + 6 && forkAt >= 0)
                Line($"end");
        }

        return _text.ToString();
    }

    private void Operation()
    {
        int kind = Next(100);
        if (_swap && Next(4) == 0)
            Line($"madv {_page} {_length} {Any(s_swapAdvice)}");
        else if (kind < 20)
            Line($"map {_page} {_length} {Any(s_permissions)} {Any(s_kinds)}");
        else if (kind < 28)
            MapFile();
        else if (kind < 36)
            Line($"unmap {_page} {_length}");
        else if (kind < 46)
            Line($"prot {_page} {_length} {Any(s_permissions)}");
        else if (kind < 60)
            Line($"touch {_page} {Math.Min(_length, 4)} {(Next(3) == 0 ? 'r' : 'w')}");
        else if (kind < 70)
            Lock();
        else if (kind < 77)
            Line($"madv {_page} {_length} {Any(s_flagAdvice)}");
        else if (kind < 84)
            Line($"madv {_page} {_length} {Any(s_dataAdvice)}");
        else if (kind < 92)
            Remap();
        else if (kind < 95)
            Line($"uffd {"ruz"[Next(3)]} {_page} {_length}");
        else if (kind < 97)
            Line($"trunc {Next(2)} {Next(9)}");
        else if (kind < 98)
            Line($"punch {Next(2)} {Next(8)} {1 + Next(6)}");
        else
            Line($"msync {_page} {_length} {"asi"[Next(3)]}");
    }

    private void MapFile()
    {
        int file = Next(2);
        int size = file == 0 ? 16 : 8;
        int length = Math.Min(_length, size);
        Line($"map {_page} {length} {(Next(3) == 0 ? "r" : "rw")} {(Next(2) == 0 ? 'p' : 's')} {file} {Next(size - length + 1)}");
    }

    private void Lock()
    {
        switch (Next(8))
        {
            case 0:
                Line($"lockall {(Next(2) == 0 ? "f" : "fo")}");
                break;
            case 1:
                Line($"unlockall");
                break;
            case 2:
                Line($"lockf {_page} {_length}");
                break;
            case 3 or 4:
                Line($"unlock {_page} {_length}");
                break;
            default:
                Line($"lock {_page} {_length}");
                break;
        }
    }

    private void Remap()
    {
        int target = Next(Arena - 1);
        int length = 1 + Next(Math.Min(8, Arena - target));
        int old = Next(16) == 0 ? 0 : Math.Min(_length, 5);
        switch (Next(5))
        {
            case 0:
                Line($"remap {_page} {old} {length} -");
                break;
            case 1:
                Line($"remap {_page} {old} {Math.Max(1, old)} {target} m");
                break;
            default:
                Line($"remap {_page} {old} {length} {target} m");
                break;
        }
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private string Any(string[] choices) => choices[Next(choices.Length)];

    private int Next(int bound) => _random.Next(bound);
}
