using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>A symbolic link.</summary>
internal sealed class SymlinkInode(Superblock superblock, byte[] target) : Inode(superblock, FileMode.S_IFLNK | 0x1FF)
{
    /// <summary>What it points to, without a NUL.</summary>
    public ReadOnlySpan<byte> Target => target;

    /// <inheritdoc/>
    public override StoreStat Contents => new() { Size = target.Length };
}
