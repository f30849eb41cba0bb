using System.Diagnostics;
using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>
/// The files that tasks have open or mapped (linux: the inode cache). Pages name theirs by its slot here. Guarded by the
/// model's lock.
/// </summary>
internal sealed class FileTable
{
    private readonly Kernel _kernel;
    private readonly List<PageCache?> _files = [null];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<AddressSpace, MountFile> _mounted = [];
    private ulong _nextInode = 1;

    internal FileTable(Kernel kernel) => _kernel = kernel;

    /// <summary>Every file and shared anonymous object that is open or mapped.</summary>
    public IEnumerable<PageCache> All => _files.OfType<PageCache>();

    /// <summary>
    /// A file that a mount serves, for tasks to map. It holds the file (R11) until the last mapping goes;
    /// <see cref="CloseIfUnmapped"/> ends it when there was none.
    /// </summary>
    /// <param name="space">The mount's file.</param>
    /// <param name="inode">Its inode number.</param>
    /// <returns>The one page cache of the file, or null when its store cannot be had.</returns>
    public PageCache? Open(AddressSpace space, ulong inode)
    {
        _kernel.AssertLocked();
        if (_mounted.TryGetValue(space, out MountFile? known))
            return known;
        MountFile file = new(_kernel, TakeId(), inode, space);
        if (space.Attach(file) < 0)
        {
            _free.Push(file.Id);
            return null;
        }

        _files[file.Id] = file;
        _mounted.Add(space, file);
        return file;
    }

    /// <summary>Gives up a file that nobody has open or mapped.</summary>
    public void CloseIfUnmapped(PageCache file)
    {
        if (ReferenceEquals(_files[file.Id], file))
            file.Put();
    }

    /// <summary>memfd_create(2) and ftruncate(2): makes a file for tasks to map.</summary>
    /// <param name="size">i_size in bytes.</param>
    /// <param name="inode">The inode number to show, or 0 for the next free one.</param>
    public ShmemFile CreateShmem(long size, ulong inode = 0)
    {
        ShmemFile file = new(_kernel, TakeId(), inode != 0 ? inode : _nextInode++, size);
        _files[file.Id] = file;
        return file;
    }

    /// <summary>Says that no open file refers to a page cache any more; its mappers keep it until they go.</summary>
    public void Close(PageCache file)
    {
        Debug.Assert(ReferenceEquals(_files[file.Id], file), "A file belongs to one machine.");
        file.OpenCount--;
        file.Put();
    }

    /// <summary>A file of hugetlbfs for one mapping.</summary>
    internal HugetlbFile CreateHugetlb(long size)
    {
        HugetlbFile file = new(_kernel, TakeId(), _nextInode++, size);
        _files[file.Id] = file;
        return file;
    }

    internal PageCache Of(in Page page) => _files[page.Mapping]!;

    internal void Forget(PageCache file)
    {
        _files[file.Id] = null;
        _free.Push(file.Id);
        if (file is MountFile mounted)
            _mounted.Remove(mounted.Space);
    }

    private int TakeId()
    {
        if (!_free.TryPop(out int id))
        {
            id = _files.Count;
            _files.Add(null);
        }

        return id;
    }
}
