namespace KernelModel.Mm;

/// <summary>
/// Advice of madvise(2), with the kernel's numbers; the seeds' MADV_USERFAULT has moved out of the way of MADV_WIPEONFORK.
/// </summary>
internal enum Madv
{
#pragma warning disable CS1591 // MADV_* of sys/mman.h.
    Normal = 0,
    Random = 1,
    Sequential = 2,
    WillNeed = 3,
    DontNeed = 4,
    Free = 8,
    Remove = 9,
    DontFork = 10,
    DoFork = 11,
    Mergeable = 12,
    Unmergeable = 13,
    HugePage = 14,
    NoHugePage = 15,
    DontDump = 16,
    DoDump = 17,
    WipeOnFork = 18,
    KeepOnFork = 19,
    Cold = 20,
    PageOut = 21,
    PopulateRead = 22,
    PopulateWrite = 23,
    DontNeedLocked = 24,
    GuardInstall = 102,
    GuardRemove = 103,
    UserFault = 1018,
    NoUserFault = 1019,
#pragma warning restore CS1591
}
