using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>A symbolic link.</summary>
internal sealed class SymlinkInode(Superblock superblock, byte[] target) : Inode(superblock, FileMode.S_IFLNK | 0x1FF)
{
    // mm/shmem.c: SHORT_SYMLINK_LEN, with the NUL. A longer target takes a page there, and here what it is long.
    private const int ShortLength = 128;

    /// <summary>What it points to, without a NUL.</summary>
    public ReadOnlySpan<byte> Target => target;

    /// <inheritdoc/>
    public override StoreStat Contents => new() { Size = target.Length };

    /// <inheritdoc/>
    public override long Space => base.Space + (target.Length < ShortLength ? 0 : target.Length);
}
