using System.Globalization;
using System.Text;

namespace KernelModel.Replay;

/// <summary>
/// Makes random scripts that map huge pages in an arena of eight of them, with a pool of four: areas are cut,
/// forked and run out of pages. There is no mremap: moving a part of an area leaks reservations on the real kernel, until
/// it is booted again. The same seed gives the same script for ever.
/// </summary>
internal sealed class HugeScript
{
    /// <summary>Pages of 4 KiB in the arena.</summary>
    public const int Arena = Units * Unit;

    private const int Units = 8;
    private const int Unit = 512;

    private static readonly string[] s_permissions = ["rw", "rw", "rw", "r", "-"];
    private static readonly string[] s_kinds = ["pH", "pH", "pH", "sH", "sH", "pHn", "sHn", "pHP", "pHl", "p", "s"];
    private static readonly string[] s_advice =
    [
        "DONTNEED", "DONTNEED", "DONTNEED_LOCKED", "REMOVE", "REMOVE", "FREE", "COLD", "PAGEOUT", "POPULATE_READ", "POPULATE_WRITE",
        "DONTFORK", "DOFORK", "DONTDUMP", "DODUMP", "WIPEONFORK", "MERGEABLE", "HUGEPAGE", "RANDOM", "WILLNEED", "GUARD_INSTALL",
    ];

    private readonly StringBuilder _text = new();
    private readonly SplitMix _random;

    private HugeScript(ulong seed) => _random = new SplitMix(seed);

    /// <summary>Makes a script.</summary>
    public static string Make(ulong seed, int operations)
    {
        HugeScript script = new(seed);
        int forkAt = script._random.Next(2) == 0 ? operations / 3 : -1;
        for (int i = 0; i < operations; i++)
        {
            if (i == forkAt)
                script.Line($"fork");
            script.Operation();
            if (i != forkAt + 8 || forkAt < 0)
                continue;
            script.Line($"unmap 0 {Arena}");
            script.Line($"end");
        }

        // The files of a process that ends are given up a moment later; those of an area that is unmapped at once.
        script.Line($"unmap 0 {Arena}");
        return script._text.ToString();
    }

    private void Operation()
    {
        int unit = _random.Next(Units);
        int page = unit * Unit;
        int length = Unit * (1 + _random.Next(Math.Min(3, Units - unit)));

        // Now and then at 4 KiB, which most calls refuse.
        if (_random.Next(8) == 0)
            page += _random.Next(Unit);
        if (_random.Next(8) == 0)
            length -= _random.Next(Unit);
        length = Math.Min(length, Arena - page);
        switch (_random.Next(20))
        {
            case < 6:
                Line($"map {page} {length} {Any(s_permissions)} {Any(s_kinds)}");
                break;
            case < 11:
                Line($"touch {page + _random.Next(Math.Min(length, Unit))} 1 {(_random.Next(3) == 0 ? 'r' : 'w')}");
                break;
            case < 13:
                Line($"unmap {page} {length}");
                break;
            case < 15:
                Line($"prot {page} {length} {Any(s_permissions)}");
                break;
            case < 18:
                Line($"madv {page} {length} {Any(s_advice)}");
                break;
            default:
                Line($"{(_random.Next(2) == 0 ? "lock" : "unlock")} {page} {length}");
                break;
        }
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];
}
