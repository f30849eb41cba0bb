using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Kinds of notification, sent as the error of a reply to nobody.</summary>
public enum FuseNotifyCode
{
    /// <summary>A polled file is ready.</summary>
    FUSE_NOTIFY_POLL = 1,

    /// <summary>Drop attributes and cached pages.</summary>
    FUSE_NOTIFY_INVAL_INODE = 2,

    /// <summary>Drop a name.</summary>
    FUSE_NOTIFY_INVAL_ENTRY = 3,

    /// <summary>Put bytes into the page cache.</summary>
    FUSE_NOTIFY_STORE = 4,

    /// <summary>Ask for bytes of the page cache.</summary>
    FUSE_NOTIFY_RETRIEVE = 5,

    /// <summary>A name is gone.</summary>
    FUSE_NOTIFY_DELETE = 6,

    /// <summary>Send unanswered requests again.</summary>
    FUSE_NOTIFY_RESEND = 7,

    /// <summary>Make all cached names stale.</summary>
    FUSE_NOTIFY_INC_EPOCH = 8,

    /// <summary>Give up unused nodes.</summary>
    FUSE_NOTIFY_PRUNE = 9,
}

/// <summary>FUSE_NOTIFY_POLL.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_poll_wakeup_out
{
    /// <summary><see cref="fuse_poll_in.kh"/>.</summary>
    public ulong kh;
}

/// <summary>FUSE_NOTIFY_INVAL_INODE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_inval_inode_out
{
    /// <summary>The node.</summary>
    public ulong ino;

    /// <summary>First byte; negative drops attributes only.</summary>
    public long off;

    /// <summary>Bytes; 0 or less goes to the end.</summary>
    public long len;
}

/// <summary>FUSE_NOTIFY_INVAL_ENTRY; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_inval_entry_out
{
    /// <summary>The directory.</summary>
    public ulong parent;

    /// <summary>Length of the name without its NUL.</summary>
    public uint namelen;

    /// <summary>How the name goes.</summary>
    public NotifyInvalEntryFlags flags;
}

/// <summary>Bits of <see cref="fuse_notify_inval_entry_out.flags"/>.</summary>
[Flags]
public enum NotifyInvalEntryFlags : uint
{
    /// <summary>The name must be looked up again, but is not dropped.</summary>
    FUSE_EXPIRE_ONLY = 1u << 0,
}

/// <summary>FUSE_NOTIFY_STORE; the bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_store_out
{
    /// <summary>The node.</summary>
    public ulong nodeid;

    /// <summary>First byte.</summary>
    public ulong offset;

    /// <summary>Bytes.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>FUSE_NOTIFY_DELETE; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_delete_out
{
    /// <summary>The directory.</summary>
    public ulong parent;

    /// <summary>The node that had the name.</summary>
    public ulong child;

    /// <summary>Length of the name without its NUL.</summary>
    public uint namelen;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

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
