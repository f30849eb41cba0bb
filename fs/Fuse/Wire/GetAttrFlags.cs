namespace Fuse;

/// <summary>Bits of <see cref="fuse_getattr_in.getattr_flags"/>.</summary>
public static class GetAttrFlags
{
    /// <summary>The handle is valid.</summary>
    public const uint FUSE_GETATTR_FH = 1u << 0;
}
