using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>The host's page cache in front of the mount.</summary>
internal interface IHostCache
{
    /// <summary>See <see cref="IMappingHost.BeginInvalidate"/>.</summary>
    bool BeginInvalidate(RegularInode inode, PurgeWindow window);

    /// <summary>See <see cref="IMappingHost.OnStoredBehind"/>.</summary>
    void Invalidate(RegularInode inode, ulong firstPage, ulong lastPage);
}
