using FsCheck;
using FsCheck.Fluent;

namespace KernelModel.Tests.Product;

/// <summary>A machine and a sequence of calls on it. A call is a number, so that any of them can be left out.</summary>
/// <param name="Machine">Which machine: its memory, its swap, its arena.</param>
/// <param name="Steps">The calls.</param>
internal sealed record ProductCase(int Machine, int[] Steps)
{
    private static readonly (int Pages, int Arena)[] s_sizes = [(32, 24), (32, 40), (48, 40), (64, 64), (128, 120), (512, 400)];
    private static readonly int[] s_swaps = [0, 8, 48, 512];

    /// <summary>Usable memory in pages.</summary>
    public int Memory => s_sizes[SizeIndex].Pages;

    /// <summary>Pages for mappings.</summary>
    public int Arena => s_sizes[SizeIndex].Arena;

    /// <summary>Swap in pages.</summary>
    public int Swap => s_swaps[Machine / 16 % s_swaps.Length];

    /// <summary>What the mount's <c>size=</c> is in pages, or 0.</summary>
    public int MountLimit => Machine / 64 % 2 == 0 ? 0 : 12;

    // The large ones take long: one in 16 each.
    private int SizeIndex => (Machine % 16) switch { 15 => 5, 14 => 4, var small => small % 4 };

    public static Arbitrary<ProductCase> Any => Arb.From(
        from machine in Gen.Choose(0, 127)
        from steps in Gen.Choose(0, int.MaxValue).ArrayOf()
        select new ProductCase(machine, steps),
        Shorter);

    private static IEnumerable<ProductCase> Shorter(ProductCase failing)
    {
        int[] steps = failing.Steps;
        for (int part = steps.Length / 2; part > 0; part /= 2)
        {
            for (int at = 0; at + part <= steps.Length; at += part)
                yield return failing with { Steps = [.. steps[..at], .. steps[(at + part)..]] };
        }
    }

    public override string ToString() => $"machine {Machine}: {Memory} pages, {Swap} in swap; steps [{string.Join(", ", Steps)}]";
}
