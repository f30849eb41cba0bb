using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers WRITE and COPY_FILE_RANGE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_write_out
{
    /// <summary>Bytes written.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
