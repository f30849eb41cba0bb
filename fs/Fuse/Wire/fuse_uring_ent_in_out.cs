using System.Runtime.InteropServices;

namespace Fuse;

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
