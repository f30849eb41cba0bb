using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>What a user's files may remember is bounded; at the bound nothing that was lost goes unreported.</summary>
public sealed class ShareTests : IMappingHost, IDisposable
{
    private const uint User = 1000, Other = 1001;
    private const int Share = 4;

    private readonly UserCounts _shares = new(Share, ownerShare: 1000);
    private readonly AddressSpace _file;

    public ShareTests()
    {
        Domain = new MappingDomain(new MemoryStorage(), new VrangeLru(), SigbusOnPurged: false) { Ranges = _shares };
        _file = new AddressSpace(this);
        Assert.Equal(0, _file.Hold());
    }

    public MappingDomain Domain { get; }

    public uint OwnerUid { get; private set; } = User;

    public void Dispose() => _file.Dispose();

    void IMappingHost.OnPurged()
    {
    }

    bool IMappingHost.BeginInvalidate(PurgeWindow window) => false;

    [Fact]
    public void One_mark_too_many_is_ENOMEM_and_changes_nothing()
    {
        for (ulong page = 0; page < Share * 2; page += 2)
            Assert.Equal(0, _file.Mark(page, page, VrangeBehavior.Full));
        string before = List();
        Assert.Equal(-Errno.ENOMEM, _file.Mark(100, 100, VrangeBehavior.Full));
        Assert.Equal(before, List());

        // What makes no new range is no more than there was.
        Assert.Equal(0, _file.Mark(0, 0, VrangeBehavior.Full));
        Assert.Equal(0, _file.Mark(0, 2, VrangeBehavior.Full));
        Assert.Equal(Share - 1, _shares.Of(User));
        Assert.Equal(0, _file.Mark(100, 100, VrangeBehavior.Full));
        _file.Unmark(0, 1000, report: true);
        Assert.Equal(0, _shares.Of(User));
    }

    [Fact]
    public void Another_owner_has_a_share_of_his_own_and_a_file_that_changes_hands_counts_for_him()
    {
        for (ulong page = 0; page < Share * 2; page += 2)
            Assert.Equal(0, _file.Mark(page, page, VrangeBehavior.Full));
        OwnerUid = Other;
        _file.Unmark(0, 0, report: true);
        Assert.Equal((0L, Share - 1L), (_shares.Of(User), _shares.Of(Other)));
        OwnerUid = 0;
        for (ulong page = 100; page < 300; page += 2)
            Assert.Equal(0, _file.Mark(page, page, VrangeBehavior.Full));
        Assert.Equal((0L, 0L), (_shares.Of(User), _shares.Of(Other)));
    }

    [Fact]
    public void An_unmark_inside_a_range_ends_what_lies_behind_it_and_what_was_purged_there_is_reported()
    {
        Fill(0, 50);
        _file.Mark(0, 49, VrangeBehavior.Full);
        Assert.Equal(50, Domain.Lru.Discard(long.MaxValue, VrangeOwners.Files, wait: false));
        for (ulong page = 100; _shares.Of(User) < Share; page += 2)
            Assert.Equal(0, _file.Mark(page, page, VrangeBehavior.Full));

        Assert.Equal(new VrangeLoss(true, 4096), _file.Unmark(10, 10, report: true));
        Assert.StartsWith("0-9p 11-49p", List(), StringComparison.Ordinal);
        Assert.Equal(0, Domain.Lru.Discard(long.MaxValue, VrangeOwners.Files, wait: false));
        Assert.Equal(new VrangeLoss(true, 39 * 4096), _file.Unmark(11, 49, report: true));
        Assert.Equal(new VrangeLoss(true, 10 * 4096), _file.Unmark(0, 9, report: true));
        Assert.InRange(_shares.Of(User), 0, Share + 2);
    }

    [Fact]
    public void Purges_of_scattered_pages_remember_one_run_at_the_bound()
    {
        _file.Mark(0, 999, VrangeBehavior.Full);
        for (int round = 0; round < 10; round++)
        {
            for (long page = 0; page < 100; page += 2)
                Fill((round * 100) + page, 1);
            Assert.Equal(50, Domain.Lru.Discard(long.MaxValue, VrangeOwners.Files, wait: false));
        }

        // Share entries before the bound is seen, then one for each purge at most.
        Assert.InRange(_shares.Of(User), 1, Share + 10);
        VrangeLoss loss = _file.Unmark(0, 999, report: true);
        Assert.True(loss.Purged);
        Assert.InRange(loss.Bytes, 500 * 4096, 1000 * 4096);
        Assert.Equal((0L, 0L), (_shares.Of(User), Domain.Lru.Unreported));
    }

    [Fact]
    public void Tombstones_count_until_they_are_gone()
    {
        Fill(0, 8);
        for (ulong page = 0; page < 6; page += 2)
            Assert.Equal(0, _file.Mark(page, page, VrangeBehavior.Full));
        Domain.Lru.Discard(long.MaxValue, VrangeOwners.Files, wait: false);
        _file.Release();
        Assert.True(_shares.Of(User) >= 3);
        Assert.Equal(0, _file.Hold());
        Assert.Equal(-Errno.ENOMEM, _file.Mark(100, 100, VrangeBehavior.Full));
        Assert.Equal(0, _file.Truncate(0));
        Assert.Equal(0, _shares.Of(User));
        Assert.Equal(0, _file.Mark(100, 100, VrangeBehavior.Full));
        _file.Dispose();
        Assert.Equal(0, _shares.Of(User));
    }

    private void Fill(long first, int pages) => Assert.Equal(pages * 4096, _file.Write(first * 4096, new byte[pages * 4096]));

    private string List()
    {
        List<VrangeEntry> entries = [];
        _file.ListVranges(0, ulong.MaxValue, entries);
        return string.Join(' ', entries.Select(entry => $"{entry.First}-{entry.Last}{(entry.Purged ? 'p' : 'v')}"));
    }
}
