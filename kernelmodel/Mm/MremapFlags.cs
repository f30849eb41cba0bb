namespace KernelModel.Mm;

/// <summary>Flags of mremap(2).</summary>
[Flags]
internal enum MremapFlags
{
#pragma warning disable CS1591 // MREMAP_* of sys/mman.h.
    None = 0,
    MayMove = 1,
    Fixed = 2,
    DontUnmap = 4,
#pragma warning restore CS1591
}
