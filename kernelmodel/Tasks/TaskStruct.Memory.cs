using System.Diagnostics;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel.Tasks;

internal sealed partial class TaskStruct
{
    // A handler that answers "resolved" without resolving anything must not hang the model.
    private const int MaxFaultRetries = 16;

    /// <summary>A load by the task itself. A fault that cannot be met is a signal, with the exact address.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>Whether all bytes were read; if not, <see cref="LastSignal"/> says why.</returns>
    public bool Load(ulong address, Span<byte> destination)
    {
        for (int done = 0; done < destination.Length;)
        {
            ulong at = address + (ulong)done;
            int count = Math.Min(PageSize.Bytes - (int)(at & (PageSize.Bytes - 1)), destination.Length - done);
            if (!Access(at, write: false))
                return false;
            Mm!.ReadMapped(at, destination.Slice(done, count));
            done += count;
        }

        return true;
    }

    /// <summary>A store by the task itself.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="source">What to store.</param>
    /// <returns>Whether all bytes were stored; what lies before a fault is.</returns>
    public bool Store(ulong address, ReadOnlySpan<byte> source)
    {
        for (int done = 0; done < source.Length;)
        {
            ulong at = address + (ulong)done;
            int count = Math.Min(PageSize.Bytes - (int)(at & (PageSize.Bytes - 1)), source.Length - done);
            if (!Access(at, write: true))
                return false;
            Mm!.WriteMapped(at, source.Slice(done, count));
            done += count;
        }

        return true;
    }

    /// <summary>Whether an access would be a user fault now. Changes nothing.</summary>
    internal bool IsUserFault(UserFault access) => Mm is { } mm && mm.IsUserFault(access.Address, access.IsWrite);

    private bool Access(ulong address, bool write)
    {
        Kernel.AssertLocked();
        for (int attempt = 0; attempt < MaxFaultRetries; attempt++)
        {
            FaultResult result = Mm is null ? FaultResult.NotMapped : Mm.Fault(address, write);
            if (result == FaultResult.Ok)
                return true;
            if (result == FaultResult.UserFault && Faults.HasReaders)
            {
                FaultWait = new UserFault(address, write);
                Debug.Assert(IsUserFault(FaultWait.Value), "Who waits would be woken at once, again and again.");
                return false;
            }

            Signal signal = result switch
            {
                FaultResult.NotMapped => new Signal(Signal.SIGSEGV, Signal.SEGV_MAPERR, address),
                FaultResult.NotAllowed => new Signal(Signal.SIGSEGV, Signal.SEGV_ACCERR, address),
                FaultResult.Bus or FaultResult.UserFault => new Signal(Signal.SIGBUS, Signal.BUS_ADRERR, address),
                _ => new Signal(Signal.SIGKILL, 0, address),
            };
            if (result == FaultResult.OutOfMemory)
                Kernel.Stat.Add(VmStatItem.OomKill, 1);
            LastSignal = signal;
            if (signal.Number != Signal.SIGBUS || SigbusHandler is not { } handler || !handler(this, signal))
                return false;
        }

        return false;
    }
}
