using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>POLL.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_poll_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>What the kernel calls the open file in <see cref="fuse_notify_poll_wakeup_out"/>.</summary>
    public ulong kh;

    /// <summary>Whether it wants to be notified.</summary>
    public PollFlags flags;

    /// <summary>POLL* of poll(2) that are asked for.</summary>
    public uint events;
}

/// <summary>Bits of <see cref="fuse_poll_in.flags"/>.</summary>
[Flags]
public enum PollFlags : uint
{
    /// <summary>Somebody waits: notify when that changes.</summary>
    FUSE_POLL_SCHEDULE_NOTIFY = 1u << 0,
}

/// <summary>Answers POLL.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_poll_out
{
    /// <summary>POLL* of poll(2) that hold now.</summary>
    public uint revents;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
