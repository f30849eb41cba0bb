using System.Globalization;
using System.Text;
using Fs.Host;
using Fs.Tests.Stores;
using Fs.Tmpfs;

namespace Fs.Tests.Tree;

/// <summary>What the daemon keeps of a file; alone, because it measures the heap.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    private const int Files = 30_000;
    private const int PerDirectory = 1000;

    [Fact]
    public void An_empty_file_that_was_open_costs_less_than_350_bytes()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        Assert.InRange(BytesPerFile(storage, static _ => { }), 100, 350);
    }

    [Fact]
    public void A_file_with_data_costs_less_than_450_bytes()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        byte[] data = new byte[100];
        Assert.InRange(BytesPerFile(storage, file => Assert.Equal(data.Length, file.Mapping.Write(0, data))), 100, 450);
    }

    private static long BytesPerFile(PrivateTmpfs storage, Action<RegularInode> use)
    {
        Superblock superblock = new(new SuperblockOptions(), storage, TimeProvider.System);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        DirectoryInode directory = superblock.Root;
        for (int i = 0; i < Files; i++)
        {
            if (i % PerDirectory == 0)
                directory = Make(superblock, superblock.Root, new DirectoryInode(superblock, 0x1ED), i);
            RegularInode file = Make(superblock, directory, new RegularInode(superblock, 0x1A4), i);
            Assert.Equal(0, file.Mapping.Hold());
            use(file);
            file.Mapping.Release();
        }

        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Files;
        GC.KeepAlive(superblock);
        return bytes;
    }

    private static T Make<T>(Superblock superblock, DirectoryInode directory, T inode, int number)
        where T : Inode
    {
        byte[] name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"file-{number:d7}"));
        Assert.Equal(0, superblock.Create(directory, name, inode, 0, 0));
        return inode;
    }
}
