namespace Fuse;

/// <summary>Kinds of notification, sent as the error of a reply to nobody.</summary>
public enum FuseNotifyCode
{
    /// <summary>A polled file is ready.</summary>
    FUSE_NOTIFY_POLL = 1,

    /// <summary>Drop attributes and cached pages.</summary>
    FUSE_NOTIFY_INVAL_INODE = 2,

    /// <summary>Drop a name.</summary>
    FUSE_NOTIFY_INVAL_ENTRY = 3,

    /// <summary>Put bytes into the page cache.</summary>
    FUSE_NOTIFY_STORE = 4,

    /// <summary>Ask for bytes of the page cache.</summary>
    FUSE_NOTIFY_RETRIEVE = 5,

    /// <summary>A name is gone.</summary>
    FUSE_NOTIFY_DELETE = 6,

    /// <summary>Send unanswered requests again.</summary>
    FUSE_NOTIFY_RESEND = 7,

    /// <summary>Make all cached names stale.</summary>
    FUSE_NOTIFY_INC_EPOCH = 8,

    /// <summary>Give up unused nodes.</summary>
    FUSE_NOTIFY_PRUNE = 9,
}
