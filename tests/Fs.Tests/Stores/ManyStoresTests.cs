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
        IBackingStore[] stores = [.. Enumerable.Range(0, Stores).Select(_ => storage.Create()!)];
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
    public void Files_that_are_held_stay_open_and_all_are_closed_at_the_end()
    {
        int before = OpenDescriptors();
        using (PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0))
        {
            IBackingStore[] held = [.. Enumerable.Range(0, 100).Select(_ => storage.Create()!)];
            foreach (IBackingStore store in held)
                Assert.Equal(0, store.Acquire());
            for (int i = 0; i < 2500; i++)
                storage.Create();
            Assert.All(held, store => Assert.False(((TmpfsStore)store).Open!.Handle.IsClosed));
            foreach (IBackingStore store in held)
                store.Release();
        }

        Assert.InRange(OpenDescriptors() - before, -5, 5);
    }

    [Fact]
    public async Task Readers_of_files_that_are_closed_under_them_see_the_right_bytes()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        IBackingStore[] stores = [.. Enumerable.Range(0, 3000).Select(_ => storage.Create()!)];
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
