namespace KernelModel.Mm;

/// <summary>
/// Flags of mmap(2), with the kernel's numbers; <see cref="Special"/> is the model's own: a driver's mapping of device
/// memory (VM_PFNMAP and VM_IO).
/// </summary>
[Flags]
internal enum MapFlags
{
#pragma warning disable CS1591 // MAP_* of sys/mman.h.
    Shared = 0x01,
    Private = 0x02,
    Droppable = 0x08,
    TypeMask = 0x0f,
    Fixed = 0x10,
    Anonymous = 0x20,
    GrowsDown = 0x100,
    Locked = 0x2000,
    NoReserve = 0x4000,
    Populate = 0x8000,
    Stack = 0x20000,
    HugeTlb = 0x40000,
    FixedNoReplace = 0x100000,
    Special = 0x40000000,
#pragma warning restore CS1591
}
