namespace KernelModel.Mm;

/// <summary>Flags of mlockall(2).</summary>
[Flags]
internal enum MlockAllFlags
{
#pragma warning disable CS1591 // MCL_* of sys/mman.h.
    Current = 1,
    Future = 2,
    OnFault = 4,
#pragma warning restore CS1591
}
