using System.Text;
using Fs.Tmpfs;
using KernelModel;
using KernelModel.Tasks;

namespace Fs.Tests.Tree;

/// <summary>Tasks of the model map files of the tree, as whoever runs a machine beside a mount lets them.</summary>
public sealed class TaskMappingTests : IDisposable
{
    private const ulong At = 0x1000_0000;

    private readonly TestTree _tree = new();
    private readonly Machine _machine;
    private readonly TaskId _task;
    private readonly RegularInode _file;

    public TaskMappingTests()
    {
        _machine = new Machine(new KernelOptions { TotalPages = 1024, Ranges = _tree.Superblock.Lru })
        {
            FileLookup = (_, name) => _tree.Walk(name, out Inode? inode) == 0 && inode is RegularInode file
                ? new MappedFile(file.Mapping, file.Ino, name, Readable: true, Writable: true)
                : null,
        };
        Assert.Equal(0, _machine.Create("test", KernelModel.Tasks.Credentials.Root, Rlimits.Default, 0, out _task));
        _file = _tree.File("ring");
        Superblock.Remember(_file);
        Assert.Equal(3, _file.Mapping.Write(0, "abc"u8));
        Assert.Equal(-Errno.ENOENT, Syscall("mmap 0 4K r shared file:/none"));
        Assert.Equal((long)At, Syscall($"mmap 0x{At:x} 8K rw shared file:/ring fixed"));
    }

    public void Dispose() => _machine.Dispose();

    private long Syscall(string line) => _machine.Syscall(_task, line).Result.Value;

    private string Load(int length)
    {
        byte[] bytes = new byte[length];
        Answer answer = _machine.Load(_task, At, bytes);
        return answer.Result.Value == length ? Encoding.UTF8.GetString(bytes) : answer.Signal!.Value.ToString();
    }

    [Fact]
    public void Both_sides_see_what_the_other_wrote()
    {
        Assert.Equal("abc", Load(3));
        Assert.Equal(2, _file.Mapping.Write(1, "XY"u8));
        Assert.Equal("aXY", Load(3));
        Assert.Equal(1, _machine.Store(_task, At, "Z"u8).Result.Value);
        Assert.Equal(0, Syscall($"msync 0x{At:x} 4K sync"));
        byte[] read = new byte[3];
        Assert.Equal(3, _file.Mapping.Read(0, read));
        Assert.Equal("ZXY", Encoding.UTF8.GetString(read));
        Assert.Equal(0, _file.Mapping.Truncate(0));
        Answer gone = _machine.Load(_task, At, new byte[1]);
        Assert.Equal((-Errno.EFAULT, Signal.SIGBUS), ((int)gone.Result.Value, gone.Signal!.Value.Number));
    }

    [Fact]
    public void A_file_without_a_name_lives_as_long_as_a_task_maps_it()
    {
        Assert.Equal("abc", Load(3));
        Assert.Equal(0, _tree.Unlink("ring"));
        _tree.Superblock.Forget(_file, _file.LookupCount);
        Assert.Same(_file, _tree.Superblock.Inodes.Find(_file.Ino));
        Assert.Equal(1, _machine.Store(_task, At, "Z"u8).Result.Value);
        Assert.Equal("Zbc", Load(3));
        long inodes = _tree.Superblock.InodeSpace.UsedInodes;
        Assert.Equal(0, Syscall($"munmap 0x{At:x} 8K"));
        Assert.Null(_tree.Superblock.Inodes.Find(_file.Ino));
        Assert.Equal(inodes - 1, _tree.Superblock.InodeSpace.UsedInodes);
        Assert.Equal(0, _tree.Superblock.Storage.UsedPages);
    }

    [Fact]
    public void A_file_with_a_name_stays_when_it_is_no_longer_mapped()
    {
        Assert.Equal(0, Syscall($"munmap 0x{At:x} 8K"));
        Assert.Same(_file, _tree.Find("ring"));
        Assert.False(_file.Mapping.IsHeld);
    }
}
