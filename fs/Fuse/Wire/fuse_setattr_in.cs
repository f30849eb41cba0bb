using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>SETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_setattr_in
{
    /// <summary>What to set; see <see cref="FATTR"/>.</summary>
    public uint valid;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>The open file, with FATTR_FH.</summary>
    public ulong fh;

    /// <summary>New length.</summary>
    public ulong size;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>New access time, seconds.</summary>
    public ulong atime;

    /// <summary>New modification time, seconds.</summary>
    public ulong mtime;

    /// <summary>New change time, seconds.</summary>
    public ulong ctime;

    /// <summary>New access time, nanoseconds.</summary>
    public uint atimensec;

    /// <summary>New modification time, nanoseconds.</summary>
    public uint mtimensec;

    /// <summary>New change time, nanoseconds.</summary>
    public uint ctimensec;

    /// <summary>New mode.</summary>
    public uint mode;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused4;

    /// <summary>New owner.</summary>
    public uint uid;

    /// <summary>New group.</summary>
    public uint gid;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused5;
}
