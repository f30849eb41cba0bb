using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>
/// The contents of one file (linux: struct address_space): where its bytes live, which of its pages are volatile, and
/// what was lost.
/// </summary>
/// <remarks>
/// One lock, the "mapping" lock of the lock order, guards every field and the vrange root. It is held across calls into
/// the store, never across anything that can come back as a request of the mount. Waiting (R12) is done on the lock
/// itself, hence a monitor.
/// </remarks>
public sealed partial class AddressSpace(MappingDomain domain, IMappingHost host) : IVrangeOwner, IDisposable
{
    private readonly object _lock = new();

    // Made with the first byte, or when the kernel is to use it itself. Written under the lock, read without.
    private IBackingStore? _store;
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

    /// <summary>Where the bytes are, null before the first.</summary>
    public IBackingStore? Store => Volatile.Read(ref _store);

    /// <summary>i_size, memory and times of the contents.</summary>
    public StoreStat Stat()
    {
        lock (_lock)
            return StatLocked();
    }

    /// <summary>One more opener or mapper.</summary>
    /// <returns>0, or a negative errno when the store cannot be had.</returns>
    public int Hold()
    {
        lock (_lock)
        {
            int error = _holders == 0 ? _store?.Acquire() ?? 0 : 0;
            if (error == 0)
                _holders++;
            return error;
        }
    }

    /// <summary>As <see cref="Hold()"/>, with the store that the kernel is to use itself.</summary>
    public int Hold(out IBackingStore? store)
    {
        lock (_lock)
        {
            store = WithStore();
            int error = store is null ? -Errno.ENOMEM : _holders == 0 ? store.Acquire() : 0;
            if (error == 0)
                _holders++;
            return error;
        }
    }

    /// <summary>One opener or mapper less; with the last of them the marks die (R11).</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_holders > 0)
                return;
            _store?.Release();
            if (!domain.MappingsOutliveHolders)
                RetireIfUnheld();
        }

        host.OnUnheld();
    }

    /// <summary>Nobody has the file mapped: if nobody has it open either, the marks die (R11).</summary>
    public void RetireUnlessHeld()
    {
        lock (_lock)
            RetireIfUnheld();
    }

    /// <summary>Whether it has marks but no holder: they live on mappings, or not at all any more.</summary>
    public bool IsDoubtful
    {
        get
        {
            lock (_lock)
                return _holders == 0 && _vranges is { Count: > 0 };
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
            _vranges?.Dispose();
            _vranges = null;
            ForgetLoss(0, ulong.MaxValue);
            _dead = null;
            _store?.Dispose();
            _store = null;
        }
    }

    private StoreStat StatLocked() => _store is not null && _store.Stat(out StoreStat stat) == 0 ? stat : default;

    private IBackingStore? WithStore()
    {
        if (_store is null && domain.Storage.Create() is IBackingStore store)
        {
            if (_holders > 0 && store.Acquire() < 0)
            {
                store.Dispose();
                return null;
            }

            Volatile.Write(ref _store, store);
        }

        return _store;
    }

    // Marks wait for running purges: what those drop must be volatile until they end.
    private void RetireIfUnheld()
    {
        if (_holders > 0 || _windows is not null || _stale is not null || _vranges is null)
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
