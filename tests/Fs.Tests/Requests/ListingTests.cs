using System.Text;
using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;

namespace Fs.Tests.Requests;

/// <summary>Which names an open directory lists.</summary>
public sealed class ListingTests : IDisposable
{
    private readonly MountedTree _tree = new(MemfdStoreTests.NewMemfd(0));
    private readonly ulong _handle;

    public ListingTests()
    {
        _tree.Create("a", out _);
        _handle = _tree.Kernel.Call(FuseOpcode.FUSE_OPENDIR, 1, Wire.Of(default(fuse_open_in))).As<fuse_open_out>().fh;
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_name_that_came_after_the_start_is_listed_once_it_is_rewound()
    {
        (string[] first, ulong next) = Read(0);
        _tree.Create("b", out _);

        Assert.Equal([".", "..", "proc", "a"], first);
        Assert.Empty(Read(next).Names);
        Assert.Equal([".", "..", "proc", "a", "b"], Read(0).Names);
        Assert.Equal(["b"], Read(next).Names);
    }

    [Fact]
    public void A_name_that_came_after_opening_is_listed_from_the_start()
    {
        _tree.Create("b", out _);
        Assert.Contains("b", Read(0).Names);
    }

    [Fact]
    public void A_handle_that_was_closed_lists_nothing()
    {
        _tree.Kernel.Call(FuseOpcode.FUSE_RELEASEDIR, 1, Wire.Of(new fuse_release_in { fh = _handle }));
        Assert.Equal(-Errno.EBADF, Call(0).Error);
    }

    private Reply Call(ulong offset)
        => _tree.Kernel.Call(
            FuseOpcode.FUSE_READDIR, 1, Wire.Of(new fuse_read_in { fh = _handle, offset = offset, size = 4096 }));

    // The names, and the offset behind the last.
    private (string[] Names, ulong Next) Read(ulong offset)
    {
        Reply reply = Call(offset);
        Assert.Equal(0, reply.Error);
        List<string> names = [];
        int header = Wire.Of(default(fuse_dirent)).Length;
        ulong next = offset;
        for (int at = 0; at < reply.Payload.Length;)
        {
            fuse_dirent entry = Wire.As<fuse_dirent>(reply.Payload.AsSpan(at));
            names.Add(Encoding.UTF8.GetString(reply.Payload, at + header, (int)entry.namelen));
            next = entry.off;
            at += (header + (int)entry.namelen + 7) & ~7;
        }

        return ([.. names], next);
    }
}
