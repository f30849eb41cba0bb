using System.Runtime.InteropServices;

namespace Fuse;

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
