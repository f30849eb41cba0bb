namespace KernelModel.Mm;

/// <summary>Flags of msync(2).</summary>
[Flags]
internal enum MsyncFlags
{
#pragma warning disable CS1591 // MS_* of sys/mman.h.
    None = 0,
    Async = 1,
    Invalidate = 2,
    Sync = 4,
#pragma warning restore CS1591
}
