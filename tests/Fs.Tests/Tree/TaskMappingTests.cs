using System.Text;
using Fs.Tmpfs;
using KernelModel;
using KernelModel.Mm;
using KernelModel.Tasks;

namespace Fs.Tests.Tree;

/// <summary>Tasks of the model map files of the tree, as whoever runs a machine beside a mount lets them.</summary>
public sealed class TaskMappingTests : IDisposable
{
    private const ulong At = 0x1000_0000;

    private readonly TestTree _tree = new();
    private readonly Kernel _kernel;
    private readonly TaskStruct _task;
    private readonly RegularInode _file;

    public TaskMappingTests()
    {
        _kernel = new Kernel(new KernelOptions { TotalPages = 1024, Ranges = _tree.Superblock.Lru })
        {
            FileLookup = (task, name) => _tree.Walk(name, out Inode? inode) == 0 && inode is RegularInode file
                && task.Kernel.Files.Open(file.Mapping, file.Ino) is { } cache
                ? new VmFile(cache, name)
                : null,
        };
        _task = _kernel.Tasks.Create("test")!;
        _file = _tree.File("ring");
        Superblock.Remember(_file);
        Assert.Equal(3, _file.Mapping.Write(0, "abc"u8));
        Assert.Equal(-Errno.ENOENT, _task.Syscall("mmap 0 4K r shared file:/none").Value);
        Assert.Equal((long)At, _task.Syscall($"mmap 0x{At:x} 8K rw shared file:/ring fixed").Value);
    }

    public void Dispose() => _kernel.Dispose();

    private string Load(int length)
    {
        byte[] bytes = new byte[length];
        return _task.Load(At, bytes) ? Encoding.UTF8.GetString(bytes) : _task.LastSignal!.Value.ToString();
    }

    [Fact]
    public void Both_sides_see_what_the_other_wrote()
    {
        Assert.Equal("abc", Load(3));
        Assert.Equal(2, _file.Mapping.Write(1, "XY"u8));
        Assert.Equal("aXY", Load(3));
        Assert.True(_task.Store(At, "Z"u8));
        Assert.Equal(0, _task.Syscall($"msync 0x{At:x} 4K sync").Value);
        byte[] read = new byte[3];
        Assert.Equal(3, _file.Mapping.Read(0, read));
        Assert.Equal("ZXY", Encoding.UTF8.GetString(read));
        Assert.Equal(0, _file.Mapping.Truncate(0));
        byte[] gone = new byte[1];
        Assert.False(_task.Load(At, gone));
        Assert.Equal(Signal.SIGBUS, _task.LastSignal!.Value.Number);
    }

    [Fact]
    public void A_file_without_a_name_lives_as_long_as_a_task_maps_it()
    {
        Assert.Equal("abc", Load(3));
        Assert.Equal(0, _tree.Unlink("ring"));
        _tree.Superblock.Forget(_file, _file.LookupCount);
        Assert.Same(_file, _tree.Superblock.Inodes.Find(_file.Ino));
        Assert.True(_task.Store(At, "Z"u8));
        Assert.Equal("Zbc", Load(3));
        long inodes = _tree.Superblock.InodeSpace.UsedInodes;
        Assert.Equal(0, _task.Syscall($"munmap 0x{At:x} 8K").Value);
        Assert.Null(_tree.Superblock.Inodes.Find(_file.Ino));
        Assert.Equal(inodes - 1, _tree.Superblock.InodeSpace.UsedInodes);
        Assert.Equal(0, _tree.Superblock.Storage.UsedPages);
    }

    [Fact]
    public void A_file_with_a_name_stays_when_it_is_no_longer_mapped()
    {
        Assert.Equal(0, _task.Syscall($"munmap 0x{At:x} 8K").Value);
        Assert.Same(_file, _tree.Find("ring"));
        Assert.False(_file.Mapping.IsHeld);
    }
}
