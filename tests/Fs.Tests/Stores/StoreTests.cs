using KernelModel.Mapping;

namespace Fs.Tests.Stores;

/// <summary>What every store of bytes does; R9 and R17 as far as they are the store's work.</summary>
public abstract class StoreTests
{
    private protected const int Page = PageSize.Bytes;
    private protected const int Limit = 16;

    private protected abstract IBackingStorage Storage { get; }

    [Fact]
    public void A_file_without_a_byte_is_empty()
    {
        IBackingStore store = NewStore();
        Assert.Equal(0, store.Stat(out StoreStat stat));
        Assert.Equal((0L, 0L), (stat.Size, stat.Pages));
        Assert.Equal(0, store.Read(0, new byte[10]));
        Assert.Equal(-Errno.ENXIO, store.SeekData(0));
        Assert.Equal(-Errno.ENXIO, store.SeekHole(0));
    }

    [Fact]
    public void Holes_read_as_zeros_and_a_read_ends_with_the_file()
    {
        IBackingStore store = NewStore();
        Assert.Equal(3, store.Write((5 * Page) + 1, "abc"u8, force: false));
        byte[] buffer = new byte[8 * Page];
        Assert.Equal((5 * Page) + 4, store.Read(0, buffer));
        Assert.Equal("abc"u8.ToArray(), buffer[((5 * Page) + 1)..((5 * Page) + 4)]);
        Assert.Equal(-1, buffer.AsSpan(0, (5 * Page) + 1).IndexOfAnyExcept((byte)0));
        Assert.Equal(1, store.Read((5 * Page) + 3, buffer));
        Assert.Equal(0, store.Read((5 * Page) + 4, buffer));
        Assert.Equal(1, Pages(store));
        Assert.Equal(1, Storage.UsedPages);
    }

    [Fact]
    public void Data_and_holes_are_found()
    {
        IBackingStore store = NewStore();
        Write(store, 2, 2);
        Write(store, 6, 1);
        Assert.Equal(0, store.Truncate(9 * Page));
        Assert.Equal(2 * Page, store.SeekData(0));
        Assert.Equal(4 * Page, store.SeekHole(2 * Page));
        Assert.Equal(6 * Page, store.SeekData(4 * Page));
        Assert.Equal(-Errno.ENXIO, store.SeekData(7 * Page));
        Assert.Equal(7 * Page, store.SeekHole(6 * Page));
        Assert.Equal(-Errno.ENXIO, store.SeekHole(9 * Page));
    }

    [Fact]
    public void A_hole_frees_whole_pages_zeroes_parts_and_keeps_the_size()
    {
        IBackingStore store = NewStore();
        Write(store, 0, 4);
        Assert.Equal(0, store.Punch(Page - 10, (2 * Page) + 20));
        Assert.Equal((4L * Page, 2L), (Size(store), Pages(store)));
        Assert.Equal(2, Storage.UsedPages);
        byte[] buffer = new byte[4 * Page];
        store.Read(0, buffer);
        Assert.Equal(-1, buffer.AsSpan(Page - 10, (2 * Page) + 20).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, buffer.AsSpan(0, Page - 10).IndexOfAnyExcept((byte)1));
        Assert.Equal(-1, buffer.AsSpan((3 * Page) + 10).IndexOfAnyExcept((byte)1));
    }

    [Fact]
    public void A_hole_over_everything_there_could_be_is_fine()
    {
        IBackingStore store = NewStore();
        Write(store, 0, 4);
        Assert.Equal(0, store.Punch(0, long.MaxValue));
        Assert.Equal((4L * Page, 0L), (Size(store), Storage.UsedPages));
    }

    [Fact]
    public void Truncate_frees_what_it_cuts_off_and_zeroes_the_tail()
    {
        IBackingStore store = NewStore();
        Write(store, 0, 4);
        Assert.Equal(0, store.Truncate(Page + 10));
        Assert.Equal(2, Storage.UsedPages);
        Assert.Equal(0, store.Truncate(3 * Page));
        Assert.Equal((3L * Page, 2L), (Size(store), Pages(store)));
        byte[] buffer = new byte[3 * Page];
        Assert.Equal(buffer.Length, store.Read(0, buffer));
        Assert.Equal(Page + 10, buffer.AsSpan().IndexOfAnyExcept((byte)1));
        Assert.Equal(-1, buffer.AsSpan(Page + 10).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void The_longest_file_there_may_be_takes_no_memory()
    {
        IBackingStore store = NewStore();
        Assert.Equal(0, store.Truncate(long.MaxValue));
        Write(store, 0, 1);
        Assert.Equal((long.MaxValue, 1L), (Size(store), Storage.UsedPages));
        Assert.Equal(Page, store.SeekHole(0));
        Assert.Equal(-Errno.ENXIO, store.SeekData(Page));
    }

    [Fact]
    public void A_write_that_meets_the_limit_is_short_and_the_next_is_refused()
    {
        // R17
        IBackingStore store = NewStore();
        Assert.Equal(Limit * Page, store.Write(0, new byte[(Limit + 2) * Page], force: false));
        Assert.Equal(-Errno.ENOSPC, store.Write(Limit * Page, new byte[1], force: false));
        Assert.Equal((Limit * (long)Page, Limit), (Size(store), Storage.UsedPages));

        // What has memory can be written.
        Assert.Equal(Page, store.Write(100, new byte[Page], force: false));
        Assert.Equal(Page - 5, store.Write(((Limit - 1) * Page) + 5, new byte[Page], force: false));
        Assert.Equal(0, store.Punch(0, Page));
        Assert.Equal(1, store.Write(Limit * Page, new byte[1], force: false));
    }

    [Fact]
    public void The_limit_is_one_for_all_files()
    {
        IBackingStore a = NewStore();
        IBackingStore b = NewStore();
        Write(a, 0, Limit - 1);
        Assert.Equal(Page, b.Write(0, new byte[3 * Page], force: false));
        a.Dispose();
        Assert.Equal(1, Storage.UsedPages);
        Write(b, 1, Limit - 1);
        b.Dispose();
        Assert.Equal(0, Storage.UsedPages);
    }

    [Fact]
    public void A_forced_write_goes_above_the_limit_and_the_limit_comes_back_when_there_is_room()
    {
        // R17
        IBackingStore store = NewStore();
        Write(store, 0, Limit - 1);
        Assert.Equal(5 * Page, store.Write(100 * Page, new byte[5 * Page], force: true));
        Assert.Equal(4, Storage.ExcessPages);
        Assert.Equal(Limit + 4, Storage.UsedPages);
        Assert.Equal(Limit, Storage.LimitPages);

        Assert.Equal(0, store.Punch(0, 4 * Page));
        Assert.Equal(0, Storage.ExcessPages);
        Assert.Equal(-Errno.ENOSPC, store.Write(200 * Page, new byte[Page], force: false));
        Assert.Equal(0, store.Punch(0, 6 * Page));
        Assert.Equal(2 * Page, store.Write(200 * Page, new byte[5 * Page], force: false));
    }

    [Fact]
    public void Space_is_given_in_advance_all_or_nothing()
    {
        IBackingStore store = NewStore();
        Write(store, 0, 2);
        Assert.Equal(-Errno.ENOSPC, store.Allocate(0, (Limit + 1) * Page, keepSize: false));
        Assert.Equal((2L * Page, 2L), (Size(store), Storage.UsedPages));
        Assert.Equal(0, store.Allocate(Page, (Limit - 1) * Page, keepSize: true));
        Assert.Equal((2L * Page, (long)Limit), (Size(store), Storage.UsedPages));
        Assert.Equal(0, store.Allocate(0, Limit * Page, keepSize: false));
        Assert.Equal(Limit * (long)Page, Size(store));
    }

    [Fact]
    public void Space_that_was_given_in_advance_is_there_for_the_write()
    {
        IBackingStore store = NewStore();
        Assert.Equal(0, store.Allocate(0, Limit * Page, keepSize: false));
        Write(store, 0, Limit);
        Assert.Equal(Limit, Storage.UsedPages);

        Assert.Equal(0, store.Punch(2 * Page, 2 * Page));
        Assert.Equal(2 * Page, NewStore().Write(0, new byte[3 * Page], force: false));
        Assert.Equal(-Errno.ENOSPC, store.Write(2 * Page, new byte[Page], force: false));
        Assert.Equal(0, store.Truncate(8 * Page));
        Assert.Equal(0, store.Allocate(20 * Page, 8 * Page, keepSize: true));
        Assert.Equal(-Errno.ENOSPC, store.Write(8 * Page, new byte[Page], force: false));
        Write(store, 20, 8);
        Assert.Equal(Limit, Storage.UsedPages);
    }

    private protected IBackingStore NewStore() => NewStore(Storage);

    internal static IBackingStore NewStore(IBackingStorage storage)
    {
        Assert.Equal(0, storage.Create(out IBackingStore? store));
        return store!;
    }

    private protected static void Write(IBackingStore store, long page, int count)
        => Assert.Equal(count * Page, store.Write(page * Page, [.. Enumerable.Repeat((byte)1, count * Page)], force: false));

    private protected static long Pages(IBackingStore store)
    {
        Assert.Equal(0, store.Stat(out StoreStat stat));
        return stat.Pages;
    }

    private protected static long Size(IBackingStore store)
    {
        Assert.Equal(0, store.Stat(out StoreStat stat));
        return stat.Size;
    }
}
