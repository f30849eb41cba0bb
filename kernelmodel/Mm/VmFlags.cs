namespace KernelModel.Mm;

/// <summary>
/// vm_flags of a VMA. The bits are those of Linux 6.18 on x86-64, so that smaps prints them in the kernel's order;
/// <see cref="Volatile"/> and <see cref="Pinned"/> (one bit in the seeds) have bits of their own above them.
/// </summary>
[Flags]
public enum VmFlags : ulong
{
#pragma warning disable CS1591 // VM_* of include/linux/mm.h.
    None = 0,
    Read = 1UL << 0,
    Write = 1UL << 1,
    Exec = 1UL << 2,
    Shared = 1UL << 3,
    MayRead = 1UL << 4,
    MayWrite = 1UL << 5,
    MayExec = 1UL << 6,
    MayShare = 1UL << 7,
    GrowsDown = 1UL << 8,
    UserFault = 1UL << 9,
    PfnMap = 1UL << 10,
    MaybeGuard = 1UL << 11,
    Locked = 1UL << 13,
    Io = 1UL << 14,
    SeqRead = 1UL << 15,
    RandRead = 1UL << 16,
    DontCopy = 1UL << 17,
    DontExpand = 1UL << 18,
    LockOnFault = 1UL << 19,
    Account = 1UL << 20,
    NoReserve = 1UL << 21,
    HugeTlb = 1UL << 22,
    WipeOnFork = 1UL << 25,
    DontDump = 1UL << 26,
    MixedMap = 1UL << 28,
    HugePage = 1UL << 29,
    NoHugePage = 1UL << 30,
    Mergeable = 1UL << 31,
    Droppable = 1UL << 40,
    Volatile = 1UL << 48,
    Pinned = 1UL << 49,

    Access = Read | Write | Exec,
    LockedMask = Locked | LockOnFault,
    Special = Io | DontExpand | PfnMap | MixedMap,
#pragma warning restore CS1591
}
