namespace Fuse;

/// <summary>What a request asks.</summary>
public enum FuseOpcode : uint
{
    /// <summary>Find a name.</summary>
    FUSE_LOOKUP = 1,

    /// <summary>Give lookups back; no reply.</summary>
    FUSE_FORGET = 2,

    /// <summary>Attributes.</summary>
    FUSE_GETATTR = 3,

    /// <summary>Change attributes.</summary>
    FUSE_SETATTR = 4,

    /// <summary>Target of a symbolic link.</summary>
    FUSE_READLINK = 5,

    /// <summary>Make a symbolic link.</summary>
    FUSE_SYMLINK = 6,

    /// <summary>Make a file that is no directory.</summary>
    FUSE_MKNOD = 8,

    /// <summary>Make a directory.</summary>
    FUSE_MKDIR = 9,

    /// <summary>Remove a name.</summary>
    FUSE_UNLINK = 10,

    /// <summary>Remove a directory.</summary>
    FUSE_RMDIR = 11,

    /// <summary>Rename.</summary>
    FUSE_RENAME = 12,

    /// <summary>Make another name.</summary>
    FUSE_LINK = 13,

    /// <summary>Open a file.</summary>
    FUSE_OPEN = 14,

    /// <summary>Read.</summary>
    FUSE_READ = 15,

    /// <summary>Write.</summary>
    FUSE_WRITE = 16,

    /// <summary>Numbers of the filesystem.</summary>
    FUSE_STATFS = 17,

    /// <summary>Last close of an open file.</summary>
    FUSE_RELEASE = 18,

    /// <summary>Make a file durable.</summary>
    FUSE_FSYNC = 20,

    /// <summary>Set an extended attribute.</summary>
    FUSE_SETXATTR = 21,

    /// <summary>Get an extended attribute.</summary>
    FUSE_GETXATTR = 22,

    /// <summary>List extended attributes.</summary>
    FUSE_LISTXATTR = 23,

    /// <summary>Remove an extended attribute.</summary>
    FUSE_REMOVEXATTR = 24,

    /// <summary>Close of a descriptor.</summary>
    FUSE_FLUSH = 25,

    /// <summary>Negotiation.</summary>
    FUSE_INIT = 26,

    /// <summary>Open a directory.</summary>
    FUSE_OPENDIR = 27,

    /// <summary>Entries of a directory.</summary>
    FUSE_READDIR = 28,

    /// <summary>Last close of an open directory.</summary>
    FUSE_RELEASEDIR = 29,

    /// <summary>Make a directory durable.</summary>
    FUSE_FSYNCDIR = 30,

    /// <summary>Test a POSIX lock.</summary>
    FUSE_GETLK = 31,

    /// <summary>Set a POSIX lock.</summary>
    FUSE_SETLK = 32,

    /// <summary>Set a POSIX lock, waiting.</summary>
    FUSE_SETLKW = 33,

    /// <summary>Check access.</summary>
    FUSE_ACCESS = 34,

    /// <summary>Make and open a file.</summary>
    FUSE_CREATE = 35,

    /// <summary>Nobody waits for a request any more.</summary>
    FUSE_INTERRUPT = 36,

    /// <summary>Block of a file.</summary>
    FUSE_BMAP = 37,

    /// <summary>End of a block device filesystem.</summary>
    FUSE_DESTROY = 38,

    /// <summary>Control.</summary>
    FUSE_IOCTL = 39,

    /// <summary>Readiness.</summary>
    FUSE_POLL = 40,

    /// <summary>Answers FUSE_NOTIFY_RETRIEVE.</summary>
    FUSE_NOTIFY_REPLY = 41,

    /// <summary>Give lookups of several nodes back; no reply.</summary>
    FUSE_BATCH_FORGET = 42,

    /// <summary>Allocate or punch.</summary>
    FUSE_FALLOCATE = 43,

    /// <summary>Entries of a directory with attributes.</summary>
    FUSE_READDIRPLUS = 44,

    /// <summary>Rename with flags.</summary>
    FUSE_RENAME2 = 45,

    /// <summary>Find data or a hole.</summary>
    FUSE_LSEEK = 46,

    /// <summary>Copy inside the filesystem.</summary>
    FUSE_COPY_FILE_RANGE = 47,

    /// <summary>DAX.</summary>
    FUSE_SETUPMAPPING = 48,

    /// <summary>DAX.</summary>
    FUSE_REMOVEMAPPING = 49,

    /// <summary>Make everything durable.</summary>
    FUSE_SYNCFS = 50,

    /// <summary>Make and open a file without a name.</summary>
    FUSE_TMPFILE = 51,

    /// <summary>Extended attributes of stat.</summary>
    FUSE_STATX = 52,

    /// <summary>Copy inside the filesystem, with a 64 bit answer.</summary>
    FUSE_COPY_FILE_RANGE_64 = 53,
}
