using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers GETATTR and SETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_attr_out
{
    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;

    /// <summary>The attributes.</summary>
    public fuse_attr attr;
}
