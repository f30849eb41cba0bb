namespace KernelModel.Mm;

/// <summary>An open file as a mapping sees it (linux: struct file): the page cache and what the opener may do.</summary>
/// <param name="Mapping">The pages.</param>
/// <param name="Name">What maps shows.</param>
/// <param name="Readable">FMODE_READ.</param>
/// <param name="Writable">FMODE_WRITE.</param>
internal sealed record VmFile(PageCache Mapping, string Name, bool Readable = true, bool Writable = true)
{
    /// <summary>The inode number that maps shows.</summary>
    public ulong Inode => Mapping.Inode;

    /// <summary>Device major:minor as maps shows them.</summary>
    public (uint Major, uint Minor) Device { get; init; } = (0, 1);

    /// <summary>Whether this is the nameless object of a shared anonymous mapping.</summary>
    public bool IsSharedAnonymous { get; init; }
}
