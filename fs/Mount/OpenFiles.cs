using Fs.Tmpfs;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>What an open file of the mount is to the daemon (linux: struct file).</summary>
/// <param name="Inode">The file, null for one of proc.</param>
/// <param name="Flags">O_* of the open.</param>
/// <param name="Proc">The open file of proc.</param>
internal sealed record OpenFile(Inode? Inode, uint Flags, ProcOpenFile? Proc)
{
    private const uint O_ACCMODE = 3;

    public bool CanRead => (Flags & O_ACCMODE) != 1;

    public bool CanWrite => (Flags & O_ACCMODE) != 0;

    /// <summary>mm/mmap.c: a shared writable mapping needs a descriptor for both.</summary>
    public bool CanMapWritable => (Flags & O_ACCMODE) == 2;
}

/// <summary>Open files by the handle that the kernel sends back.</summary>
internal sealed class OpenFiles
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private OpenFile?[] _files = new OpenFile?[64];
    private int _used;

    public ulong Add(OpenFile file)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _files.Length)
                {
                    // A new array: readers take no lock.
                    var grown = new OpenFile?[_files.Length * 2];
                    _files.CopyTo(grown, 0);
                    Volatile.Write(ref _files, grown);
                }
            }

            Volatile.Write(ref _files[slot], file);
            return (ulong)slot;
        }
    }

    public OpenFile? Find(ulong handle)
    {
        OpenFile?[] files = Volatile.Read(ref _files);
        return handle < (ulong)files.Length ? Volatile.Read(ref files[handle]) : null;
    }

    public OpenFile? Remove(ulong handle)
    {
        lock (_lock)
        {
            if (handle >= (ulong)_files.Length || _files[handle] is not OpenFile file)
                return null;
            _files[handle] = null;
            _free.Push((int)handle);
            return file;
        }
    }
}
