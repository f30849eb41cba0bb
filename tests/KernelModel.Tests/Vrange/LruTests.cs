using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R8: the one list over all owners.</summary>
public sealed class LruTests
{
    private readonly VrangeLru _lru = new();

    [Fact]
    public void Victims_are_the_oldest_over_all_owners()
    {
        RangeOwner a = new(_lru);
        RangeOwner b = new(_lru);
        a.Mark(0, 9);
        b.Mark(0, 9);
        a.Mark(20, 29);

        Assert.Equal(10, _lru.Discard(1, VrangeOwners.All, wait: false));
        Assert.Equal(10, _lru.Discard(10, VrangeOwners.All, wait: false));

        Assert.Equal([(0ul, 9ul)], a.Victims);
        Assert.Equal([(0ul, 9ul)], b.Victims);
        Assert.Equal("20-29v 0-9p 0-9p", a.Order());
    }

    [Fact]
    public void A_pass_visits_every_range_once_at_most()
    {
        RangeOwner a = new(_lru);
        RangeOwner b = new(_lru);
        a.Mark(0, 9);
        b.Mark(0, 9);
        a.Mark(20, 29);

        Assert.Equal(30, _lru.Discard(long.MaxValue, VrangeOwners.All, wait: false));

        Assert.Equal([(0ul, 9ul), (20ul, 29ul)], a.Victims);
        Assert.Equal([(0ul, 9ul)], b.Victims);
        Assert.Equal(3, _lru.Scanned);

        // The next pass may take them again.
        Assert.Equal(30, _lru.Discard(long.MaxValue, VrangeOwners.All, wait: false));
        Assert.Equal(3, a.Victims.Count(victim => victim.First == 0) + b.Victims.Count(victim => victim.First == 0) - 1);
    }

    [Fact]
    public void A_range_that_was_split_in_two_is_two_victims_in_its_old_place()
    {
        RangeOwner a = new(_lru);
        a.Mark(0, 9);
        a.Mark(20, 29);
        a.Root.Unmark(4, 5, report: true);
        _lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        Assert.Equal([(0ul, 3ul), (6ul, 9ul), (20ul, 29ul)], a.Victims);
    }

    [Fact]
    public void Pressure_takes_only_the_kind_it_is_for()
    {
        // R16
        RangeOwner task = new(_lru, VrangeOwners.Tasks);
        RangeOwner file = new(_lru);
        task.Mark(0, 9);
        file.Mark(0, 9);

        Assert.Equal(10, _lru.Discard(long.MaxValue, VrangeOwners.Files, wait: false));
        Assert.Empty(task.Victims);
        Assert.Equal(10, _lru.Discard(long.MaxValue, VrangeOwners.Tasks, wait: false));
        Assert.Single(task.Victims);
        Assert.Single(file.Victims);
    }

    [Fact]
    public void Nothing_to_take_frees_nothing()
    {
        Assert.Equal(0, _lru.Discard(1, VrangeOwners.All, wait: false));
        RangeOwner a = new(_lru);
        a.Mark(0, 9);
        Assert.Equal(0, _lru.Discard(0, VrangeOwners.All, wait: false));
        Assert.Empty(a.Victims);
    }

    [Fact]
    public void A_name_of_a_range_that_is_gone_is_recognised_in_a_used_slot()
    {
        RangeOwner a = new(_lru);
        a.Mark(0, 9);
        VrangeRef old = _lru.Snapshot()[0].Range;
        a.Root.Unmark(0, 9, report: true);
        Assert.False(a.Root.TryGet(old, out _, out _));

        a.Mark(0, 9);
        VrangeRef now = _lru.Snapshot()[0].Range;
        Assert.Equal(old.Slot, now.Slot);
        Assert.NotEqual(old.Generation, now.Generation);
        Assert.False(a.Root.TryGet(old, out _, out _));
        Assert.True(a.Root.TryGet(now, out _, out _));
        Assert.Equal(0, a.Purge(old, new ScanControl { ToReclaim = 1 }));
    }

    [Fact]
    public void A_name_survives_cuts_of_the_range()
    {
        RangeOwner a = new(_lru);
        a.Mark(0, 9);
        VrangeRef range = _lru.Snapshot()[0].Range;
        a.Root.Unmark(0, 2, report: true);
        a.Root.Unmark(7, 9, report: true);
        Assert.True(a.Root.TryGet(range, out VrangeEntry entry, out _));
        Assert.Equal(new VrangeEntry(3, 6, false), entry);
    }

    [Fact]
    public void Slots_are_used_again_across_growth_of_the_slab()
    {
        RangeOwner a = new(_lru);
        for (int round = 0; round < 3; round++)
        {
            for (ulong i = 0; i < 3000; i++)
                a.Mark(i * 2, i * 2);
            Assert.Equal(3000, _lru.Count);
            Assert.All(_lru.Snapshot(), item => Assert.InRange(item.Range.Slot, 0, 3071));
            a.Root.Unmark(0, ulong.MaxValue, report: true);
            Assert.Equal(0, _lru.Count);
            Assert.Empty(_lru.Snapshot());
        }
    }

    [Fact]
    public void Owners_come_and_go()
    {
        List<RangeOwner> owners = [.. Enumerable.Range(0, 40).Select(_ => new RangeOwner(_lru))];
        foreach (RangeOwner owner in owners)
            owner.Mark(0, 0);
        Assert.Equal(40, _lru.Owners().Count);
        foreach (RangeOwner owner in owners.Where((_, i) => i % 2 == 0))
            owner.Root.Dispose();
        Assert.Equal(20, _lru.Owners().Count);
        Assert.Equal(20, _lru.Count);
        RangeOwner late = new(_lru);
        late.Mark(5, 5);
        Assert.Same(late, _lru.Snapshot()[^1].Owner);
        Assert.Equal(21, _lru.Discard(long.MaxValue, VrangeOwners.All, wait: false));
    }

    [Fact]
    public void It_is_told_when_the_first_range_comes_to_an_empty_list()
    {
        int told = 0;
        _lru.Populated += () => told++;
        RangeOwner a = new(_lru);
        a.Mark(0, 0);
        a.Mark(2, 2);
        Assert.Equal(1, told);
        a.Root.Unmark(0, 9, report: true);
        a.Mark(4, 4);
        Assert.Equal(2, told);
    }
}
