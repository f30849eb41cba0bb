using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>INIT. Before 7.36 only the first four fields are sent.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_init_in
{
    /// <summary>Major version of the kernel.</summary>
    public uint major;

    /// <summary>Minor version of the kernel.</summary>
    public uint minor;

    /// <summary>Most the kernel reads ahead.</summary>
    public uint max_readahead;

    /// <summary>Offered features, bits 0 to 31; see <see cref="InitFlags"/>.</summary>
    public uint flags;

    /// <summary>Offered features, bits 32 to 63.</summary>
    public uint flags2;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed uint unused[11];
}
