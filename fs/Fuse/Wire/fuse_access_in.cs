using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>ACCESS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_access_in
{
    /// <summary>R_OK, W_OK, X_OK.</summary>
    public uint mask;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
