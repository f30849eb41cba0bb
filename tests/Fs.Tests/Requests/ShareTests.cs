using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;

namespace Fs.Tests.Requests;

/// <summary>What one user may hold open: the descriptors are his, what they cost the daemon is not.</summary>
public sealed class ShareTests : IDisposable
{
    private const uint User = 1000, OtherUser = 1001;
    private const int Files = 1 << 17;
    private const int ProcFiles = 1 << 7;

    private readonly MountedTree _tree = new(MemfdStoreTests.NewMemfd(0));

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void One_file_open_too_many_is_ENFILE_and_leaves_nothing()
    {
        ulong file = _tree.Create("f", out ulong handle);
        for (int i = 1; i < Files; i++)
            Assert.Equal(0, Open(User, file).Error);
        Assert.Equal(-Errno.ENFILE, Open(User, file).Error);
        Assert.Equal(-Errno.ENFILE, _tree.Kernel.Call(FuseOpcode.FUSE_OPENDIR, 1, Wire.Of(default(fuse_open_in))).Error);
        Assert.Equal(-Errno.ENFILE, Create("new"));
        Assert.Equal(0u, (uint)_tree.Lookup(1, "new").nodeid);
        Assert.Equal(0, Open(OtherUser, file).Error);
        Assert.Equal(0, Open(0, file).Error);

        _tree.Kernel.Uid = 0; // as the kernel sends it
        Assert.Equal(0, _tree.Kernel.Call(FuseOpcode.FUSE_RELEASE, file, Wire.Of(new fuse_release_in { fh = handle })).Error);
        _tree.Kernel.Uid = User;
        Assert.Equal(0, Create("new"));
        Assert.Equal(-Errno.ENFILE, Create("newer"));
    }

    [Fact]
    public void Open_files_of_proc_are_fewer()
    {
        ulong proc = _tree.Lookup(1, "proc").nodeid;
        ulong vmstat = _tree.Lookup(proc, "vmstat").nodeid;
        ulong last = 0;
        for (int i = 0; i < ProcFiles; i++)
            last = Open(User, vmstat).As<fuse_open_out>().fh;
        Assert.Equal(-Errno.ENFILE, Open(User, vmstat).Error);
        Assert.Equal(0, Open(OtherUser, vmstat).Error);
        Assert.Equal(0, _tree.Kernel.Call(FuseOpcode.FUSE_RELEASE, vmstat, Wire.Of(new fuse_release_in { fh = last })).Error);
        Assert.Equal(0, Open(User, vmstat).Error);
    }

    private Reply Open(uint uid, ulong node)
    {
        _tree.Kernel.Uid = uid;
        Reply reply = _tree.Kernel.Call(FuseOpcode.FUSE_OPEN, node, Wire.Of(default(fuse_open_in)));
        _tree.Kernel.Uid = User;
        return reply;
    }

    private int Create(string name)
        => _tree.Kernel.Call(FuseOpcode.FUSE_CREATE, 1, Wire.Of(new fuse_create_in { flags = 2, mode = 0x81B6 }), Wire.Name(name)).Error;
}
