namespace Fuse;

/// <summary>Bits of <see cref="fuse_attr.flags"/>.</summary>
public static class AttrFlags
{
    /// <summary>The root of a submount.</summary>
    public const uint FUSE_ATTR_SUBMOUNT = 1u << 0;

    /// <summary>DAX for this file.</summary>
    public const uint FUSE_ATTR_DAX = 1u << 1;
}
