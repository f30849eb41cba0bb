namespace Fs.Tmpfs;

/// <summary>A FIFO, socket or device node: the kernel does all the work, only the number is kept.</summary>
internal sealed class SpecialInode(Superblock superblock, uint mode, uint deviceNumber) : Inode(superblock, mode)
{
    /// <inheritdoc/>
    public override uint DeviceNumber => deviceNumber;
}
