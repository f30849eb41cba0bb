using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>COPY_FILE_RANGE and COPY_FILE_RANGE_64.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_copy_file_range_in
{
    /// <summary>Handle of the source.</summary>
    public ulong fh_in;

    /// <summary>Where to read.</summary>
    public ulong off_in;

    /// <summary>Node of the destination.</summary>
    public ulong nodeid_out;

    /// <summary>Handle of the destination.</summary>
    public ulong fh_out;

    /// <summary>Where to write.</summary>
    public ulong off_out;

    /// <summary>Bytes to copy.</summary>
    public ulong len;

    /// <summary>Flags of copy_file_range(2).</summary>
    public ulong flags;
}
