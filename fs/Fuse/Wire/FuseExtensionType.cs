namespace Fuse;

/// <summary>Types of <see cref="fuse_ext_header"/>.</summary>
public static class FuseExtensionType
{
    /// <summary>Types up to this one are security contexts.</summary>
    public const uint FUSE_MAX_NR_SECCTX = 31;

    /// <summary><see cref="fuse_supp_groups"/>.</summary>
    public const uint FUSE_EXT_GROUPS = 32;
}
