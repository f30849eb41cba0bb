using Fs.Host;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Tests.Stores;

public sealed class TmpfsStoreTests : StoreTests, IDisposable
{
    private readonly PrivateTmpfs _storage = NewTmpfs(Limit);

    private protected override IBackingStorage Storage => _storage;

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void A_place_that_is_used_again_is_an_empty_file()
    {
        for (int round = 0; round < 3; round++)
        {
            TmpfsStore store = (TmpfsStore)NewStore();
            Assert.Equal((0L, 0L), (Size(store), Pages(store)));
            Assert.Equal(0, store.Read(0, new byte[1]));
            Assert.Equal(1ul, store.Number);
            Write(store, 3, 5);
            store.Dispose();
            Assert.Equal(0, Storage.UsedPages);
        }
    }

    [Fact]
    public void A_store_that_is_gone_does_not_touch_the_next_one_in_its_place()
    {
        IBackingStore old = NewStore();
        old.Dispose();
        IBackingStore store = NewStore();
        Write(store, 0, 1);
        Assert.Equal(0, old.Stat(out _));
        Assert.Equal(1, Pages(store));
        Assert.Equal(1, store.Read(0, new byte[1]));
    }

    [Fact]
    public void An_allowance_lets_the_kernel_write_above_the_limit_and_is_taken_back()
    {
        // R17
        IBackingStore store = NewStore();
        _storage.Allow(4);
        Write(store, 0, Limit + 4);
        Assert.Equal(-Errno.ENOSPC, store.Write(50 * Page, new byte[1], force: false));
        Assert.Equal(4, Storage.ExcessPages);

        // A limit below what is stored cannot be set; then it is tried again.
        _storage.Allow(0);
        Assert.Equal(0, store.Punch(0, 4 * Page));
        _storage.Allow(0);
        Assert.Equal(-Errno.ENOSPC, store.Write(50 * Page, new byte[1], force: false));
        Assert.Equal(Limit, Storage.UsedPages);
    }

    [Fact]
    public void Without_a_limit_nothing_is_refused()
    {
        using PrivateTmpfs storage = NewTmpfs(0);
        using IBackingStore store = NewStore(storage);
        Assert.Equal(100 * Page, store.Write(0, new byte[100 * Page], force: false));
        Assert.Equal((0L, 100L, 0L), (storage.LimitPages, storage.UsedPages, storage.ExcessPages));
    }

    [Fact]
    public void Only_this_process_is_no_other_writer_unless_it_holds_the_file_for_somebody()
    {
        TmpfsStore store = (TmpfsStore)NewStore();
        Assert.False(store.HasOtherWriters);
        Assert.Equal(0, store.Acquire());
        Assert.True(store.HasOtherWriters); // not asked: who opens it now must not meet the lease
        store.Release();
        Assert.False(store.HasOtherWriters);
    }

    [Fact]
    public void A_file_is_registered_with_the_kernel_once_while_it_is_open()
    {
        Registry registry = new();
        _storage.Registry = registry;
        TmpfsStore store = (TmpfsStore)NewStore();
        Assert.Equal(0, store.Acquire());
        int id = store.Register();
        Assert.Equal(id, store.Register());
        Assert.Equal([id], registry.Registered);
        store.Release();

        // The place keeps its number for the next file.
        store.Dispose();
        TmpfsStore next = (TmpfsStore)NewStore();
        next.Acquire();
        Assert.Equal(id, next.Register());
        Assert.Equal([id], registry.Registered);
        Assert.Empty(registry.Unregistered);
    }

    internal static PrivateTmpfs NewTmpfs(long limit)
        => PrivateTmpfs.TryCreate(limit, noswap: false, out int error)
            ?? throw new InvalidOperationException($"These tests need the right to mount: errno {-error}.");

    internal sealed class Registry : IBackingRegistry
    {
        public List<int> Registered { get; } = [];

        public List<int> Unregistered { get; } = [];

        public int Register(SafeFileHandle file)
        {
            Assert.False(file.IsClosed);
            Registered.Add(Registered.Count + 7);
            return Registered[^1];
        }

        public void Unregister(int id) => Unregistered.Add(id);
    }
}
