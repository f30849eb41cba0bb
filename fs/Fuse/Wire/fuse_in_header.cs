using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Starts every request.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_in_header
{
    /// <summary>Length of the whole request, this header included.</summary>
    public uint len;

    /// <summary>What is asked; see <see cref="FuseOpcode"/>.</summary>
    public uint opcode;

    /// <summary>Names the request; the reply carries it back.</summary>
    public ulong unique;

    /// <summary>The node the request is about.</summary>
    public ulong nodeid;

    /// <summary>The caller's fsuid.</summary>
    public uint uid;

    /// <summary>The caller's fsgid.</summary>
    public uint gid;

    /// <summary>The caller's thread id in the pid namespace of the mount, 0 if it has none there.</summary>
    public uint pid;

    /// <summary>Length of the extensions at the end of the request, in units of 8 bytes.</summary>
    public ushort total_extlen;

    /// <summary>Not used; keeps the layout.</summary>
    public ushort padding;
}
