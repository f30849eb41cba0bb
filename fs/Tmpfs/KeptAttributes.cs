using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>
/// Whether the kernel may keep the attributes that it is told of a file which it writes and maps itself, and who was last
/// told. It drops size, blocks and times on write(2) and the access time on mmap (fs/fuse/passthrough.c:
/// fuse_passthrough_end_write, fuse_passthrough_mmap), and whoever misses one of them asks for all: what it has from before an
/// mmap is good until then. Of stores through a mapping it tells nobody, so from then on it is given none to keep.
/// </summary>
/// <remarks>
/// An answer counts when its thread takes note of it, which may be after another thread has opened the file: until then that
/// one must not rely on what the kernel drops by itself. The inode's monitor guards all of it.
/// </remarks>
internal struct KeptAttributes
{
    // Milliseconds after which a thread has certainly taken note of an answer.
    private const int Settled = 1000;

    private int _mappable; // opens that can be mapped for writing
    private bool _mayBeMapped; // closed by the last of them, found out when somebody asks
    private bool _any;
    private uint _thread; // 0: several, or nobody knows
    private int _toldAt;

    /// <summary>Whether somebody has the file open in a way that lets him store through a mapping.</summary>
    public readonly bool CanBeMapped => _mappable > 0;

    /// <summary>Somebody has opened the file for reading and writing.</summary>
    /// <param name="thread">Who.</param>
    /// <param name="now"><see cref="Environment.TickCount"/>.</param>
    /// <returns>Whether the kernel must be made to forget: an answer may still be on its way to another thread.</returns>
    public bool Open(uint thread, int now)
    {
        _mappable++;
        return IsRecent(now) && (_thread == 0 || _thread != thread) && Forget();
    }

    /// <summary>Ends an <see cref="Open"/>.</summary>
    public void Close()
    {
        _mappable--;
        _mayBeMapped = true;
    }

    /// <summary>Finds out whether a mapping has outlived its descriptor: before a new open, as it cannot be told while that lasts.</summary>
    /// <param name="store">The file's, null while it has none.</param>
    public void FindMapping(IBackingStore? store)
        => _mayBeMapped = _mayBeMapped && (_mappable > 0 || store is { HasOtherWriters: true });

    /// <summary>A thread is told attributes.</summary>
    /// <param name="thread">Its id, 0 if it is not known.</param>
    /// <param name="now"><see cref="Environment.TickCount"/>.</param>
    /// <param name="store">The file's, null while it has none.</param>
    /// <returns>Whether the kernel may keep them.</returns>
    public bool Tell(uint thread, int now, IBackingStore? store)
    {
        FindMapping(store);
        if (_mappable > 0 || _mayBeMapped)
            return false;
        _thread = IsRecent(now) && _thread != thread ? 0 : thread;
        _toldAt = now;
        return _any = true;
    }

    /// <summary>They have changed.</summary>
    /// <returns>Whether the kernel must be made to forget them.</returns>
    public bool Forget()
    {
        bool any = _any;
        _any = false;
        return any;
    }

    // The count of ticks wraps around.
    private readonly bool IsRecent(int now) => _any && (uint)(now - _toldAt) < Settled;
}
