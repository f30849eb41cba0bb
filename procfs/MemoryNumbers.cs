using KernelModel;
using KernelModel.Mapping;
using KernelModel.Vrange;

namespace ProcFs;

/// <summary>
/// The memory that /proc speaks of: what the files of the mount may have, which is its <c>size=</c> or all that the host has, and
/// what tasks of the model may have, its <c>mem=</c> and <c>swap=</c>.
/// </summary>
/// <param name="storage">Pages of files.</param>
/// <param name="lru">Volatile ranges.</param>
/// <param name="machine">Pages of tasks.</param>
/// <param name="hostPages">Pages of the host.</param>
/// <param name="clock">Bounds how often the files are walked.</param>
public sealed class MemoryNumbers(IBackingStorage storage, VrangeLru lru, Machine machine, long hostPages, TimeProvider clock)
{
    private static readonly TimeSpan s_sampleInterval = TimeSpan.FromMilliseconds(100); // R70

    private readonly Lock _lock = new();

    // _lock guards the sample.
    private long _sampledAt;
    private long _volatilePages;
    private bool _sampled;

    /// <summary>Pages that files may have.</summary>
    public long FilesTotal => storage.LimitPages > 0 ? storage.LimitPages : hostPages;

    /// <summary>Pages that files have.</summary>
    public long FilesUsed => Math.Min(storage.UsedPages, FilesTotal);

    /// <summary>The tasks.</summary>
    public Machine Machine => machine;

    /// <summary>Volatile pages of files that have memory, sampled every 100 ms at most (R70).</summary>
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
