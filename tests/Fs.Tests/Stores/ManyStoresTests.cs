using System.Buffers.Binary;
using Fs.Host;
using KernelModel.Mapping;

namespace Fs.Tests.Stores;

/// <summary>More files than descriptors; alone, because it counts those of the process.</summary>
[Collection(nameof(Alone))]
public sealed class ManyStoresTests
{
    private const int Stores = 5000;
    private const int MostOpen = 2300;

    [Fact]
    public void Thousands_of_stores_keep_their_bytes_with_few_descriptors_open()
    {
        int before = OpenDescriptors();
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        IBackingStore[] stores = [.. Enumerable.Range(0, Stores).Select(_ => StoreTests.NewStore(storage))];
        for (int i = 0; i < Stores; i++)
            Assert.Equal(4, stores[i].Write(i, Number(i), force: false));
        Assert.InRange(OpenDescriptors() - before, 1, MostOpen);

        // Asked of a closed file, its attributes do not open it.
        for (int i = 0; i < Stores; i++)
        {
            Assert.Equal(0, stores[i].Stat(out StoreStat stat));
            Assert.Equal(i + 4, stat.Size);
        }

        byte[] buffer = new byte[4];
        foreach (int i in Enumerable.Range(0, Stores).OrderBy(i => i * 7919L % Stores))
        {
            Assert.Equal(4, stores[i].Read(i, buffer));
            Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(buffer));
        }

        Assert.InRange(OpenDescriptors() - before, 1, MostOpen);
        foreach (IBackingStore store in stores)
            store.Dispose();
        Assert.Equal(0, storage.UsedPages);
        Assert.InRange(OpenDescriptors() - before, 0, 100);
    }

    [Fact]
    public void Files_that_are_held_keep_their_number_but_no_descriptor()
    {
        int before = OpenDescriptors();
        TmpfsStoreTests.Registry registry = new();
        using (PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0))
        {
            storage.Registry = registry;
            TmpfsStore[] held = [.. Enumerable.Range(0, Stores).Select(_ => (TmpfsStore)StoreTests.NewStore(storage))];
            foreach (TmpfsStore store in held)
            {
                Assert.Equal(0, store.Acquire());
                Assert.True(store.Register() > 0);
            }

            Assert.InRange(OpenDescriptors() - before, 1, MostOpen);
            Assert.Null(held[0].Open);
            Assert.Empty(registry.Unregistered);

            // Held, so somebody may have written to it behind this process: it is looked at, and its number stays.
            Assert.True(held[0].HasOtherWriters || held[0].Open is not null);
            Assert.Equal(registry.Registered[0], held[0].Register());
            Assert.Equal(Stores, registry.Registered.Count);

            foreach (TmpfsStore store in held)
                store.Release();
            Assert.Contains(registry.Registered[^MostOpen], registry.Unregistered);
            foreach (TmpfsStore store in held)
                store.Dispose();
            Assert.InRange(registry.Registered.Count - registry.Unregistered.Count, 0, 64);
        }

        Assert.InRange(OpenDescriptors() - before, -5, 5);
    }

    [Fact]
    public void A_file_that_nobody_else_had_when_it_was_closed_is_not_opened_to_ask_again()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        storage.Registry = new TmpfsStoreTests.Registry();
        TmpfsStore store = (TmpfsStore)StoreTests.NewStore(storage);
        Assert.Equal(0, store.Acquire());
        Assert.True(store.Register() > 0);
        store.Release();
        for (int i = 0; i < MostOpen; i++)
            StoreTests.NewStore(storage);
        Assert.Null(store.Open);

        Assert.False(store.HasOtherWriters);
        Assert.False(store.HasOtherUsers);
        Assert.Equal(0, store.Stat(out _));
        Assert.Null(store.Open);
    }

    [Fact]
    public void A_file_that_is_held_and_closed_shows_what_others_wrote_to_it()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        storage.Registry = new TmpfsStoreTests.Registry();
        TmpfsStore store = (TmpfsStore)StoreTests.NewStore(storage);
        Assert.Equal(0, store.Acquire());
        Assert.True(store.Register() > 0);
        using FileStream other = new($"/proc/self/fd/{(int)store.Open!.Handle.DangerousGetHandle()}", System.IO.FileMode.Open, FileAccess.Write);
        for (int i = 0; i < MostOpen; i++)
            StoreTests.NewStore(storage);
        Assert.Null(store.Open);

        other.Write(new byte[5000]);
        other.Flush();
        Assert.Equal(0, store.Stat(out StoreStat stat));
        Assert.Equal((5000L, 2L), (stat.Size, stat.Pages));
    }

    [Fact]
    public void Thousands_of_memfd_stores_share_one_descriptor()
    {
        int before = OpenDescriptors();
        using MemfdStorage storage = MemfdStoreTests.NewMemfd(0);
        IBackingStore[] stores = [.. Enumerable.Range(0, Stores).Select(_ => StoreTests.NewStore(storage))];
        for (int i = 0; i < Stores; i++)
            Assert.Equal(4, stores[i].Write(i, Number(i), force: false));
        Assert.InRange(OpenDescriptors() - before, -5, 5); // the runtime opens and closes too

        byte[] buffer = new byte[4];
        for (int i = 0; i < Stores; i++)
        {
            Assert.Equal(4, stores[i].Read(i, buffer));
            Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(buffer));
        }

        foreach (IBackingStore store in stores)
            store.Dispose();
        Assert.Equal(0, storage.UsedPages);
        Assert.Equal(0, ShmemFile.Stat(storage.Memory, out StoreStat memory));
        Assert.Equal(0, memory.Pages);
    }

    [Fact]
    public async Task Readers_of_files_that_are_closed_under_them_see_the_right_bytes()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        IBackingStore[] stores = [.. Enumerable.Range(0, 3000).Select(_ => StoreTests.NewStore(storage))];
        for (int i = 0; i < stores.Length; i++)
            stores[i].Write(0, Number(i), force: false);

        await Task.WhenAll(Enumerable.Range(1, 3).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            byte[] buffer = new byte[4];
            for (int n = 0; n < 6000; n++)
            {
                int i = random.Next(stores.Length);
                Assert.Equal(0, stores[i].Stat(out StoreStat stat));
                Assert.True(stat.Size == 4, $"seed {seed}: file {i} has {stat.Size} bytes");
                Assert.Equal(4, stores[i].Read(0, buffer));
                Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(buffer));
            }
        })));
    }

    private static byte[] Number(int number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
