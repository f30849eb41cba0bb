using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Numbers of the protocol that belong to no single message.</summary>
public static class FuseProtocol
{
    /// <summary>Major version this library speaks.</summary>
    public const uint FUSE_KERNEL_VERSION = 7;

    /// <summary>Newest minor version this library speaks.</summary>
    public const uint FUSE_KERNEL_MINOR_VERSION = 45;

    /// <summary>Oldest minor version this library speaks.</summary>
    public const uint OldestMinorVersion = 31;

    /// <summary>Node id of the root.</summary>
    public const uint FUSE_ROOT_ID = 1;

    /// <summary>Smallest buffer the device accepts for reading.</summary>
    public const uint FUSE_MIN_READ_BUFFER = 8192;

    /// <summary>Pages of one request without FUSE_MAX_PAGES. fs/fuse/fuse_i.h: FUSE_DEFAULT_MAX_PAGES_PER_REQ.</summary>
    public const uint DefaultMaxPages = 32;
}

/// <summary>Starts every request.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_in_header
{
    /// <summary>Length of the whole request, this header included.</summary>
    public uint len;

    /// <summary>What is asked.</summary>
    public FuseOpcode opcode;

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

/// <summary>Starts every reply and every notification.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_out_header
{
    /// <summary>Length of the whole message, this header included.</summary>
    public uint len;

    /// <summary>0, a negative errno, or the code of a notification.</summary>
    public int error;

    /// <summary>The request this answers; 0 marks a notification.</summary>
    public ulong unique;
}

/// <summary>Starts an extension of a request.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ext_header
{
    /// <summary>Length of the extension, this header included.</summary>
    public uint size;

    /// <summary>What follows.</summary>
    public FuseExtensionType type;
}

/// <summary>Types of <see cref="fuse_ext_header"/>.</summary>
public enum FuseExtensionType : uint
{
    /// <summary>Types up to this one are security contexts.</summary>
    FUSE_MAX_NR_SECCTX = 31,

    /// <summary><see cref="fuse_supp_groups"/>.</summary>
    FUSE_EXT_GROUPS = 32,
}

/// <summary>Extension with supplementary groups of the caller; the group ids follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_supp_groups
{
    /// <summary>Groups that follow.</summary>
    public uint nr_groups;
}

/// <summary>INTERRUPT.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_interrupt_in
{
    /// <summary>The request nobody waits for any more.</summary>
    public ulong unique;
}
