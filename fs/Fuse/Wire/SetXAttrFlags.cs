namespace Fuse;

/// <summary>Bits of <see cref="fuse_setxattr_in.setxattr_flags"/>.</summary>
public static class SetXAttrFlags
{
    /// <summary>Drop setgid with the new system.posix_acl_access.</summary>
    public const uint FUSE_SETXATTR_ACL_KILL_SGID = 1u << 0;
}
