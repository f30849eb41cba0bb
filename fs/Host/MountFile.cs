using Fs.Tmpfs;
using KernelModel.Mapping;
using ProcFs;

namespace Fs.Host;

/// <summary>A file of the tree as ProcFs sees it.</summary>
internal sealed class MountFile(RegularInode inode) : IMountFile
{
    public RegularInode Inode => inode;

    /// <inheritdoc/>
    public ulong Ino => inode.Ino;

    /// <inheritdoc/>
    public AddressSpace Mapping => inode.Mapping;

    /// <inheritdoc/>
    public uint Uid => inode.Uid;

    /// <inheritdoc/>
    public byte[] Path(out bool isDeleted) => Superblock.PathOf(inode, out isDeleted);
}
