using System.Runtime.InteropServices;

namespace Fuse;

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
