using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>
/// The contents of one file (linux: struct address_space): where its bytes live, which of its pages are volatile, and
/// what was lost.
/// </summary>
/// <remarks>
/// One lock, the "mapping" lock of the lock order, guards every field and the vrange root: the monitor of the object, as
/// there are as many of these as files. It is held across calls into the store, never across anything that can come back
/// as a request of the mount. Waiting (R12) is done on it too.
/// </remarks>
public sealed partial class AddressSpace(IMappingHost host) : IVrangeOwner, IDisposable
{
    // Made with the first byte, or when the kernel is to use it itself. Written under the lock, read without.
    private IBackingStore? _store;
    private int _holders; // written under the lock, read without

    // Made by the first mark or view; written under the lock, read without.
    private VolatileState? _state;

    /// <inheritdoc/>
    public VrangeOwners Kind => VrangeOwners.Files;

    /// <summary>The inode that owns the mapping.</summary>
    public IMappingHost Host => host;

    private MappingDomain Domain => host.Domain;

    // Changing it is what makes it.
    private VolatileState State
    {
        get
        {
            if (_state is null)
                Volatile.Write(ref _state, new VolatileState());
            return _state!;
        }
    }

    /// <summary>Where the bytes are, null before the first.</summary>
    public IBackingStore? Store => Volatile.Read(ref _store);

    /// <summary>i_size, memory and times of the contents.</summary>
    public StoreStat Stat()
    {
        // Without the lock: who asks for attributes does not wait for who allocates or purges.
        StoreStat stat = default;
        _ = Volatile.Read(ref _store)?.Stat(out stat);
        return stat;
    }

    /// <summary>One more opener or mapper.</summary>
    /// <returns>0, or a negative errno when the store cannot be had.</returns>
    public int Hold()
    {
        lock (this)
        {
            RetireIfUnheld(); // before this one counts
            int error = _holders == 0 ? _store?.Acquire() ?? 0 : 0;
            if (error == 0)
                _holders++;
            return error;
        }
    }

    /// <summary>As <see cref="Hold()"/>, with the store that the kernel is to use itself.</summary>
    public int Hold(out IBackingStore? store)
    {
        lock (this)
        {
            RetireIfUnheld();
            int error = WithStore(out store);
            if (error == 0 && _holders == 0)
                error = store!.Acquire();
            if (error == 0)
                _holders++;
            return error;
        }
    }

    /// <summary>
    /// One opener or mapper less; with the last of them the marks die (R11). Where the kernel maps the store itself a mapping
    /// may still be there, of whose end nobody is told: then they die when the next one looks at them.
    /// </summary>
    public void Release()
    {
        lock (this)
        {
            if (--_holders > 0)
                return;
            _store?.Release();
            RetireIfUnheld();
        }

        host.OnUnheld();
    }

    /// <summary>Whether anybody has the file open or mapped (R14).</summary>
    public bool IsInUse
    {
        get
        {
            lock (this)
                return _holders > 0 || _store is { HasOtherUsers: true };
        }
    }

    /// <summary>Whether it has an opener or mapper that was counted here.</summary>
    public bool IsHeld => Volatile.Read(ref _holders) > 0;

    /// <summary>The inode is gone: memory, ranges and unreported losses go with it.</summary>
    public void Dispose()
    {
        lock (this)
        {
            if (_state is not null)
            {
                _state.Ranges?.Dispose();
                _state.Ranges = null;
                ForgetLoss(0, ulong.MaxValue);
                _state.Dead = null;
                Charge();
            }

            _store?.Dispose();
            _store = null;
        }
    }

    private StoreStat StatLocked()
    {
        StoreStat stat = default;
        _ = _store?.Stat(out stat);
        return stat;
    }

    private int WithStore(out IBackingStore? store)
    {
        store = _store;
        if (store is not null)
            return 0;
        int error = Domain.Storage.Create(out store);
        if (error < 0)
            return error;
        if (_holders > 0)
            error = store!.Acquire();
        if (error < 0)
            store!.Dispose();
        else
            Volatile.Write(ref _store, store);
        return error;
    }

    // Asked by whoever looks at the marks, for mappings that nobody counts. Marks wait for running purges: what those drop
    // must be volatile until they end.
    private void RetireIfUnheld()
    {
        if (_holders > 0 || _state is null || _state.Windows is not null || _state.Stale is not null)
            return;
        if (_state.Ranges is { Count: > 0 } && _store is { HasOtherUsers: true })
            return;
        _state.Ranges?.Retire();
        _state.Count = null;
        _state.Dead = null;
        Charge();
        TrimIfUnheld();
    }

    // Who holds the file may mark it again and again, so it is not made as small as it was before.
    private void TrimIfUnheld()
    {
        if (_holders > 0 || _state is null)
            return;
        if (_state.Ranges is { IsEmpty: true })
        {
            _state.Ranges.Dispose();
            _state.Ranges = null;
        }

        if (!_state.IsEmpty)
            return;
        Charge();
        _state = null;
    }

    /// <summary>
    /// What only a file has that was marked, or that a task of the model maps, as few are. Guarded by the lock of the
    /// mapping.
    /// </summary>
    private sealed class VolatileState
    {
        /// <summary>The marks, and the tombstones beside them.</summary>
        public VrangeRoot? Ranges;

        /// <summary>How many of their pages have data, null when the marks have changed since that was asked.</summary>
        public VolatileCount? Count;

        /// <summary>Pages that were lost and not reported yet (R7).</summary>
        public PageRuns? Lost;

        /// <summary>Purged pages that answer EIO until they are written or taken back (R10).</summary>
        public PageRuns? Dead;

        /// <summary>Purges that run, null when there is none.</summary>
        public List<PurgeWindow>? Windows;

        /// <summary>Who waits for the end of one of them; null when nobody does.</summary>
        public List<IPurgeWaiter>? Waiters;

        /// <summary>The second page cache; see <see cref="IMappedView"/>.</summary>
        public IMappedView? View;

        /// <summary>What read(2) of the view would show and its pages do not yet; null while there is nothing.</summary>
        public ViewNews? News;

        /// <summary>Purged, and in the view's cache perhaps still: a purge that is running, for whoever unmarks (R12).</summary>
        public PageRuns? Stale;

        /// <summary>What has been charged, and to whom.</summary>
        public long Charged;
        public uint ChargedTo;

        public bool IsEmpty => (Ranges ?? Lost ?? Dead ?? Windows ?? View ?? (object?)Stale) is null;
    }
}
