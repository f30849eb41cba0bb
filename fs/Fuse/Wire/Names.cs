using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers LOOKUP and everything that makes a name.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_entry_out
{
    /// <summary>The node; 0 says that the name does not exist and may be cached as such.</summary>
    public ulong nodeid;

    /// <summary>Tells apart inodes that had the same node id at different times.</summary>
    public ulong generation;

    /// <summary>How long the name may be cached, seconds.</summary>
    public ulong entry_valid;

    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the name may be cached, nanoseconds.</summary>
    public uint entry_valid_nsec;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>The attributes.</summary>
    public fuse_attr attr;
}

/// <summary>FORGET.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_forget_in
{
    /// <summary>Lookups the kernel gives back.</summary>
    public ulong nlookup;
}

/// <summary>BATCH_FORGET; <see cref="count"/> times <see cref="fuse_forget_one"/> follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_batch_forget_in
{
    /// <summary>Nodes that follow.</summary>
    public uint count;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;
}

/// <summary>One node of BATCH_FORGET.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_forget_one
{
    /// <summary>The node.</summary>
    public ulong nodeid;

    /// <summary>Lookups the kernel gives back.</summary>
    public ulong nlookup;
}

/// <summary>MKNOD; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_mknod_in
{
    /// <summary>File type and permission bits.</summary>
    public uint mode;

    /// <summary>Device number, in the kernel's 32 bit encoding.</summary>
    public uint rdev;

    /// <summary>The caller's umask.</summary>
    public uint umask;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>MKDIR; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_mkdir_in
{
    /// <summary>Permission bits.</summary>
    public uint mode;

    /// <summary>The caller's umask.</summary>
    public uint umask;
}

/// <summary>LINK; the new name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_link_in
{
    /// <summary>The node that gets another name.</summary>
    public ulong oldnodeid;
}

/// <summary>RENAME; the old and the new name follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_rename_in
{
    /// <summary>Directory of the new name.</summary>
    public ulong newdir;
}

/// <summary>RENAME2; the old and the new name follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_rename2_in
{
    /// <summary>Directory of the new name.</summary>
    public ulong newdir;

    /// <summary>RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT.</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>CREATE and TMPFILE; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_create_in
{
    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>File type and permission bits.</summary>
    public uint mode;

    /// <summary>The caller's umask.</summary>
    public uint umask;

    /// <summary>What opening it changes.</summary>
    public OpenInFlags open_flags;
}
