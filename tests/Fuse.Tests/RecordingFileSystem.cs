using System.Collections.Concurrent;

namespace Fuse.Tests;

/// <summary>Writes down how it was called and answers values that are easy to recognise.</summary>
internal sealed partial class RecordingFileSystem : FuseFileSystem
{
    internal const ulong Node = 77;
    internal const ulong Handle = 0xABCD;

    /// <summary>What every method returns that has no count to return.</summary>
    internal int Result { get; set; }

    /// <summary>Runs before the method answers.</summary>
    internal Action<FuseRequest>? Before { get; set; }

    /// <summary>Takes part in the negotiation.</summary>
    internal Action<FuseConnection>? Negotiating { get; set; }

    internal ConcurrentQueue<string> Calls { get; } = new();

    internal int Destroyed { get; private set; }

    public override void Init(FuseConnection connection, in fuse_init_in offer) => Negotiating?.Invoke(connection);

    public override void Destroy() => Destroyed++;

    public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => Entry(request, $"Lookup {parent} {Wire.Text(name)}", ref entry);

    public override void Forget(ulong node, ulong nlookup) => Calls.Enqueue($"Forget {node} {nlookup}");

    public override int MkNod(FuseRequest request, ulong parent, in fuse_mknod_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => Entry(request, $"MkNod {parent} {arg.mode} {arg.rdev} {arg.umask} {Wire.Text(name)}", ref entry);

    public override int MkDir(FuseRequest request, ulong parent, in fuse_mkdir_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => Entry(request, $"MkDir {parent} {arg.mode} {arg.umask} {Wire.Text(name)}", ref entry);

    public override int SymLink(
        FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, ref fuse_entry_out entry)
        => Entry(request, $"SymLink {parent} {Wire.Text(name)} {Wire.Text(target)}", ref entry);

    public override int Link(FuseRequest request, ulong node, ulong newParent, ReadOnlySpan<byte> newName, ref fuse_entry_out entry)
        => Entry(request, $"Link {node} {newParent} {Wire.Text(newName)}", ref entry);

    public override int Unlink(FuseRequest request, ulong parent, ReadOnlySpan<byte> name) => Plain(request, $"Unlink {parent} {Wire.Text(name)}");

    public override int RmDir(FuseRequest request, ulong parent, ReadOnlySpan<byte> name) => Plain(request, $"RmDir {parent} {Wire.Text(name)}");

    public override int Rename(
        FuseRequest request, ulong parent, ulong newParent, uint flags, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
        => Plain(request, $"Rename {parent} {newParent} {flags} {Wire.Text(name)} {Wire.Text(newName)}");

    public override int Create(
        FuseRequest request,
        ulong parent,
        in fuse_create_in arg,
        ReadOnlySpan<byte> name,
        ref fuse_entry_out entry,
        ref fuse_open_out open)
    {
        string groups = string.Join(',', request.SupplementaryGroups.ToArray());
        open = new fuse_open_out { fh = Handle, open_flags = FOPEN.FOPEN_PASSTHROUGH, backing_id = 3 };
        return Entry(request, $"Create {parent} {arg.flags} {arg.mode} {arg.umask} {arg.open_flags:D} {Wire.Text(name)} [{groups}]", ref entry);
    }

    public override int TmpFile(FuseRequest request, ulong parent, in fuse_create_in arg, ref fuse_entry_out entry, ref fuse_open_out open)
    {
        open.fh = Handle;
        return Entry(request, $"TmpFile {parent} {arg.flags} {arg.mode}", ref entry);
    }

    private int Entry(FuseRequest request, string call, ref fuse_entry_out entry)
    {
        Assert.Equal(0UL, entry.nodeid);
        entry = new fuse_entry_out { nodeid = Node, generation = 5, entry_valid = 1, attr_valid = 2, attr = new fuse_attr { ino = Node, mode = 0x81A4 } };
        return Plain(request, call);
    }

    private int Plain(FuseRequest request, string call) => Counted(request, call, Result);

    private int Counted(FuseRequest request, string call, int count)
    {
        Calls.Enqueue(call);
        Before?.Invoke(request);
        if (request.Deferred is not null)
            return FuseResult.Deferred;
        return Result < 0 ? Result : count;
    }
}
