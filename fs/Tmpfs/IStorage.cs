using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>Where the bytes of a mount live; one store a file that has any.</summary>
internal interface IStorage
{
    /// <summary>A store for a file, or null when the machine has no descriptor or memory for it.</summary>
    IBackingStore? Create(ulong ino);
}

/// <summary>The host's page cache in front of the mount.</summary>
internal interface IHostCache
{
    /// <summary>See <see cref="IMappingHost.BeginInvalidate"/>.</summary>
    bool BeginInvalidate(RegularInode inode, PurgeWindow window);
}
