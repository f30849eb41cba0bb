namespace Fuse;

/// <summary>What a submission asks of a FUSE device. include/uapi/linux/fuse.h: enum fuse_uring_cmd.</summary>
public static class FuseUringCommand
{
    /// <summary>Gives the kernel an entry to put requests into.</summary>
    public const uint FUSE_IO_URING_CMD_REGISTER = 1;

    /// <summary>Answers the request of an entry and gives the entry back.</summary>
    public const uint FUSE_IO_URING_CMD_COMMIT_AND_FETCH = 2;
}
