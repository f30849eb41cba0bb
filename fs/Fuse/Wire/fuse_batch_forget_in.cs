using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>BATCH_FORGET; <see cref="count"/> times <see cref="fuse_forget_one"/> follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_batch_forget_in
{
    /// <summary>Nodes that follow.</summary>
    public uint count;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;
}
