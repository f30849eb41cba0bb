using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace KernelModel.Tests.Product;

/// <summary>
/// Where the calls of all seeds cross each other, swap, mremap, fork, exit and files: whatever is called in whatever
/// order, content that nobody gave up stays, is never another page's, and what a purge took is said by the next unmark
/// over it; the listing is the set of volatile pages, and every counter is what a recount finds. A failure shrinks to a
/// short script. PRODUCT_SEED (1) chooses other sequences, PRODUCT_COUNT (3000) how many.
/// </summary>
public sealed class RandomProductTests
{
    [Fact]
    public void Nothing_is_lost_without_being_reported()
        => Prop.ForAll(ProductCase.Any, ProductMachine.Run).Check(Config.QuickThrowOnFailure
            .WithMaxTest((int)Setting("PRODUCT_COUNT", 3000))
            .WithStartSize(20)
            .WithEndSize(120)
            .WithReplay((Setting("PRODUCT_SEED", 1) * 2) + 1, (Setting("PRODUCT_SEED", 1) * 2) + 1));

    private static ulong Setting(string name, ulong missing)
        => ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong value) ? value : missing;
}
