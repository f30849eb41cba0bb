namespace Fuse;

/// <summary>Bits of <see cref="fuse_notify_inval_entry_out.flags"/>.</summary>
public static class NotifyInvalEntryFlags
{
    /// <summary>The name must be looked up again, but is not dropped.</summary>
    public const uint FUSE_EXPIRE_ONLY = 1u << 0;
}
