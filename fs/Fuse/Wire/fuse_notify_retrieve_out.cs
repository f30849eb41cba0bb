using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FUSE_NOTIFY_RETRIEVE: asks for what the kernel has cached of a node. The answer is a request, NOTIFY_REPLY.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_retrieve_out
{
    /// <summary>What the answering request is called.</summary>
    public ulong notify_unique;

    /// <summary>The node.</summary>
    public ulong nodeid;

    /// <summary>First byte.</summary>
    public ulong offset;

    /// <summary>Most bytes.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
