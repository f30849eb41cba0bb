namespace KernelModel.Mm;

/// <summary>Protection bits of mmap(2) and mprotect(2).</summary>
[Flags]
internal enum Prot
{
#pragma warning disable CS1591 // PROT_* of sys/mman.h.
    None = 0,
    Read = 1,
    Write = 2,
    Exec = 4,
#pragma warning restore CS1591
}
