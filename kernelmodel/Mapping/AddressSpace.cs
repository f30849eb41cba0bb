using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>
/// The contents of one file (linux: struct address_space with the i_size of its host): which pages there are, where
/// their bytes live, which of them are volatile, and what was lost.
/// </summary>
/// <remarks>
/// One lock, the "mapping" lock of the lock order, guards every field and the vrange root. It is held across calls into
/// the store, never across anything that can come back as a request of the mount. Waiting (R12) is done on the lock
/// itself, hence a monitor.
/// </remarks>
public sealed partial class AddressSpace(MappingDomain domain, IMappingHost host) : IVrangeOwner, IDisposable
{
    private readonly object _lock = new();
    private readonly PageRuns _present = new();

    private IBackingStore? _store;
    private long _size;
    private int _holders;

    // Empty until the first mark, as nearly every file stays.
    private VrangeRoot? _vranges;
    private PageRuns? _lost;
    private PageRuns? _dead;
    private List<PurgeWindow>? _windows;

    /// <inheritdoc/>
    public VrangeOwners Kind => VrangeOwners.Files;

    /// <summary>The inode that owns the mapping.</summary>
    public IMappingHost Host => host;

    /// <summary>i_size in bytes.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
                return _size;
        }
    }

    /// <summary>st_blocks: memory in use, in 512 byte units.</summary>
    public long Blocks
    {
        get
        {
            lock (_lock)
                return _present.Count << (PageSize.Shift - 9);
        }
    }

    /// <summary>One more opener or mapper.</summary>
    public void Hold()
    {
        lock (_lock)
            _holders++;
    }

    /// <summary>One opener or mapper less; with the last of them the marks die (R11).</summary>
    public void Release()
    {
        lock (_lock)
        {
            _holders--;
            RetireIfUnheld();
        }
    }

    /// <summary>Whether anybody has the file open or mapped (R14).</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
                return _holders > 0;
        }
    }

    /// <summary>The inode is gone: memory, ranges and unreported losses go with it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            domain.Quota.Uncharge(_present.Count);
            _present.Clear();
            _vranges?.Dispose();
            _vranges = null;
            ForgetLoss(0, ulong.MaxValue);
            _dead = null;
            _store?.Dispose();
            _store = null;
        }
    }

    // Marks wait for running purges: what those drop must be volatile until they end.
    private void RetireIfUnheld()
    {
        if (_holders > 0 || _windows is not null || _vranges is null)
            return;
        _vranges.Retire();
        _dead = null;
        ReleaseEmptyRoot();
    }

    private void ReleaseEmptyRoot()
    {
        if (_vranges is { IsEmpty: true })
        {
            _vranges.Dispose();
            _vranges = null;
        }
    }
}
