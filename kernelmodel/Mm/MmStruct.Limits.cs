using KernelModel.Mapping;
using KernelModel.Tasks;

namespace KernelModel.Mm;

// What RLIMIT_AS, RLIMIT_DATA and RLIMIT_MEMLOCK of the owner leave room for.
internal sealed partial class MmStruct
{
    private bool CanLock => Owner.Limits.MemLock != 0 || Owner.Credentials.Has(Capability.IpcLock);

    private bool IgnoresLockLimit => Owner.Credentials.Has(Capability.IpcLock);

    private ulong LockLimitPages => Owner.Limits.MemLock >> PageSize.Shift;

    /// <summary>mm/mmap.c: mlock_future_ok, over the sum of locked and pinned pages (R51).</summary>
    private bool LockFutureOk(VmFlags flags, ulong bytes)
    {
        if ((flags & VmFlags.Locked) == 0 || IgnoresLockLimit)
            return true;
        return (bytes >> PageSize.Shift) + (ulong)(LockedVm + PinnedVm) <= LockLimitPages;
    }

    /// <summary>mm/mmap.c: may_expand_vm.</summary>
    private bool MayExpand(VmFlags flags, long pages)
    {
        if (Owner.Limits.AddressSpace != Rlimits.Infinity && (ulong)(TotalVm + pages) > Owner.Limits.AddressSpace >> PageSize.Shift)
            return false;
        bool data = (flags & (VmFlags.Write | VmFlags.Shared | VmFlags.GrowsDown)) == VmFlags.Write;
        return !data || Owner.Limits.Data == Rlimits.Infinity
            || (ulong)(DataVm + pages) <= Owner.Limits.Data >> PageSize.Shift;
    }
}
