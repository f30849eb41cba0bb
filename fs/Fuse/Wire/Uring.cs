using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>What a submission asks of a FUSE device. include/uapi/linux/fuse.h: enum fuse_uring_cmd.</summary>
public enum FuseUringCommand : uint
{
    /// <summary>Gives the kernel an entry to put requests into.</summary>
    FUSE_IO_URING_CMD_REGISTER = 1,

    /// <summary>Answers the request of an entry and gives the entry back.</summary>
    FUSE_IO_URING_CMD_COMMIT_AND_FETCH = 2,
}

/// <summary>The command area of a submission to a FUSE device.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_uring_cmd_req
{
    /// <summary>Must be 0.</summary>
    public ulong flags;

    /// <summary>The answered request, with COMMIT_AND_FETCH; see <see cref="fuse_uring_ent_in_out.commit_id"/>.</summary>
    public ulong commit_id;

    /// <summary>The queue: a CPU.</summary>
    public ushort qid;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed byte padding[6];
}

/// <summary>The header buffer of a ring entry.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_uring_req_header
{
    /// <summary>fuse_in_header of a request, fuse_out_header of its reply.</summary>
    public fixed byte in_out[128];

    /// <summary>The first argument, of operations whose first argument is a struct.</summary>
    public fixed byte op_in[128];

    /// <summary>About the entry.</summary>
    public fuse_uring_ent_in_out ring_ent_in_out;
}

/// <summary>What a ring entry says about itself, in both directions.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_uring_ent_in_out
{
    /// <summary>Not used yet.</summary>
    public ulong flags;

    /// <summary>The kernel's name for what it wants to have committed.</summary>
    public ulong commit_id;

    /// <summary>Bytes of the payload buffer in use.</summary>
    public uint payload_sz;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>Not used; keeps the layout.</summary>
    public ulong reserved;
}
