using System.Globalization;
using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class ListingTests
{
    private readonly TestTree _tree = new();

    [Fact]
    public void Names_are_listed_in_the_order_they_came()
    {
        foreach (string name in new[] { "c", "a", "b" })
            _tree.File(name);
        Assert.Equal("c a b", TestTree.List(_tree.Root));
        _tree.Unlink("a");
        _tree.File("a");
        Assert.Equal("c b a", TestTree.List(_tree.Root));
    }

    // Random removals and creations between the steps: what is there from the beginning to the end is seen exactly once.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_listing_under_way_misses_and_repeats_nothing(int seed)
    {
        Random random = new(seed);
        HashSet<string> staying = [];
        List<string> going = [];
        for (int i = 0; i < 400; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            _tree.File(name);
            if (random.Next(2) == 0)
                staying.Add(name);
            else
                going.Add(name);
        }

        List<string> seen = [];
        ulong cookie = DirectoryInode.FirstCookie;
        int made = 0;
        while (TestTree.Next(_tree.Root, cookie) is (string name, ulong at))
        {
            seen.Add(name);
            cookie = at + 1;
            if (going.Count > 0)
            {
                int victim = random.Next(going.Count);
                Assert.Equal(0, _tree.Unlink(going[victim]));
                going.RemoveAt(victim);
            }

            if (made < 100 && random.Next(3) == 0)
                _tree.File($"new{made++}");
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.True(staying.IsSubsetOf(seen), $"seed {seed}: names were missed");
    }

    [Fact]
    public void A_cookie_of_a_name_that_went_leads_to_the_next()
    {
        for (int i = 0; i < 200; i++)
            _tree.File(i.ToString(CultureInfo.InvariantCulture));
        (_, ulong middle) = TestTree.Next(_tree.Root, DirectoryInode.FirstCookie + 100)!.Value;
        for (int i = 0; i < 180; i++)
            _tree.Unlink(i.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("180", TestTree.Next(_tree.Root, middle)?.Name);
        Assert.Null(TestTree.Next(_tree.Root, DirectoryInode.FirstCookie + 200));
    }

    [Fact]
    public void Filling_and_emptying_again_and_again_leaves_no_holes_behind()
    {
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 100; i++)
                _tree.File(i.ToString(CultureInfo.InvariantCulture));
            for (int i = 0; i < 100; i++)
                Assert.Equal(0, _tree.Unlink(i.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.Equal((0, 0L), (_tree.Root.Count, _tree.Root.Contents.Size));
        Assert.Null(TestTree.Next(_tree.Root, 0));
        Assert.Equal(0, _tree.Root.EntriesBetween(0, ulong.MaxValue).Length);
    }
}
