using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers COPY_FILE_RANGE_64.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_copy_file_range_out
{
    /// <summary>Bytes copied.</summary>
    public ulong bytes_copied;
}
