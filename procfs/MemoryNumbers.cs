using KernelModel.Mapping;
using KernelModel.Vrange;

namespace ProcFs;

/// <summary>The memory that /proc speaks of: the mount's <c>size=</c>, or the machine's where there is no limit.</summary>
/// <param name="storage">Pages of files.</param>
/// <param name="lru">Volatile ranges.</param>
/// <param name="machinePages">Pages of the machine.</param>
/// <param name="clock">Bounds how often the files are walked.</param>
public sealed class MemoryNumbers(IBackingStorage storage, VrangeLru lru, long machinePages, TimeProvider clock)
{
    private static readonly TimeSpan s_sampleInterval = TimeSpan.FromMilliseconds(100); // R70

    private readonly Lock _lock = new();

    // _lock guards the sample.
    private long _sampledAt;
    private long _volatilePages;
    private bool _sampled;

    /// <summary>Pages there are.</summary>
    public long Total => storage.LimitPages > 0 ? storage.LimitPages : machinePages;

    /// <summary>Pages in use.</summary>
    public long Used => Math.Min(storage.UsedPages, Total);

    /// <summary>Pages that are not in use.</summary>
    public long Free => Total - Used;

    /// <summary>Volatile pages that have memory, sampled every 100 ms at most (R70).</summary>
    public long VolatilePages
    {
        get
        {
            lock (_lock)
            {
                if (!_sampled || clock.GetElapsedTime(_sampledAt) >= s_sampleInterval)
                {
                    _volatilePages = lru.Owners().OfType<AddressSpace>().Sum(static mapping => mapping.CountVolatile());
                    _sampledAt = clock.GetTimestamp();
                    _sampled = true;
                }

                return _volatilePages;
            }
        }
    }

    /// <summary>Counters of the ranges.</summary>
    public VrangeLru Ranges => lru;
}
