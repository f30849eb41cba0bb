using Fs.Host;
using KernelModel.Mapping;

namespace Fs.Tests.Stores;

/// <summary>A memfd store does what a file of a tmpfs does, byte by byte, whatever the order of calls.</summary>
public sealed class RandomStoreTests : IDisposable
{
    private const int Page = PageSize.Bytes;
    private const int Pages = 24;
    private const int Limit = 20;
    private const int Steps = 400;

    private readonly MemfdStorage _memfd = MemfdStoreTests.NewMemfd(Limit);
    private readonly PrivateTmpfs _tmpfs = TmpfsStoreTests.NewTmpfs(Limit);

    public void Dispose()
    {
        _memfd.Dispose();
        _tmpfs.Dispose();
    }

    [Fact]
    public void Both_kinds_of_store_agree()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            Random random = new(seed);
            IBackingStore[] ours = [StoreTests.NewStore(_memfd), StoreTests.NewStore(_memfd)];
            IBackingStore[] theirs = [StoreTests.NewStore(_tmpfs), StoreTests.NewStore(_tmpfs)];
            for (int step = 0; step < Steps; step++)
            {
                int file = random.Next(2);
                string call = Call(random, out Func<IBackingStore, int> run);
                string at = $"seed {seed} step {step}: {call} on {file}";
                int expected = run(theirs[file]);
                int result = run(ours[file]);
                Assert.True(expected == result, $"{at}: {result} and not {expected}");
                Assert.True(_tmpfs.UsedPages == _memfd.UsedPages, $"{at}: {_memfd.UsedPages} pages and not {_tmpfs.UsedPages}");
                Compare(theirs[file], ours[file], at);
            }

            foreach (IBackingStore store in ours.Concat(theirs))
                store.Dispose();
            Assert.Equal(0, _memfd.UsedPages);
        }

        Assert.Equal(0, ShmemFile.Stat(_memfd.Memory, out StoreStat memory));
        Assert.Equal(0, memory.Pages);
    }

    private string Call(Random random, out Func<IBackingStore, int> run)
    {
        long offset = random.Next(Pages * Page);
        int length = 1 + random.Next(6 * Page);
        if (random.Next(2) == 0)
        {
            offset -= offset % Page;
            length = (length + Page - 1) / Page * Page;
        }

        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        switch (random.Next(6))
        {
            case 0:
                run = store => store.Punch(offset, length);
                return $"punch {offset} {length}";
            case 1:
                run = store => store.Truncate(offset);
                return $"truncate {offset}";
            case 2:
                // One that fails on the way makes data of what earlier ones gave (mm/shmem.c: shmem_get_folio_gfp).
                bool fits = _tmpfs.UsedPages + PageSize.PagesFor(length) + 1 <= Limit;
                bool keepSize = random.Next(2) == 0;
                run = store => fits ? store.Allocate(offset, length, keepSize) : 0;
                return $"allocate {offset} {length} {keepSize}";
            default:
                run = store => store.Write(offset, bytes, force: false);
                return $"write {offset} {length}";
        }
    }

    private static void Compare(IBackingStore expected, IBackingStore actual, string at)
    {
        Assert.Equal(0, expected.Stat(out StoreStat right));
        Assert.Equal(0, actual.Stat(out StoreStat stat));
        Assert.True((right.Size, right.Pages) == (stat.Size, stat.Pages), $"{at}: {stat} and not {right}");

        byte[] expectedBytes = new byte[(Pages + 8) * Page];
        byte[] bytes = new byte[(Pages + 8) * Page];
        Assert.Equal(expected.Read(0, expectedBytes), actual.Read(0, bytes));
        Assert.True(expectedBytes.AsSpan().SequenceEqual(bytes), $"{at}: byte {expectedBytes.AsSpan().CommonPrefixLength(bytes)}");

        // tmpfs answers for whole runs, so borders and one byte beside them are enough.
        for (long offset = 0; offset <= stat.Size; offset += Page - 1)
        {
            Assert.True(expected.SeekData(offset) == actual.SeekData(offset), $"{at}: data at {offset}: {actual.SeekData(offset)} and not {expected.SeekData(offset)}");
            Assert.True(expected.SeekHole(offset) == actual.SeekHole(offset), $"{at}: hole at {offset}: {actual.SeekHole(offset)} and not {expected.SeekHole(offset)}");
        }
    }
}
