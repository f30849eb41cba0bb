namespace KernelModel.Reclaim;

/// <summary>Objects that the kernel has in slabs.</summary>
/// <param name="Tasks">task_struct.</param>
/// <param name="AddressSpaces">mm_struct.</param>
/// <param name="Areas">vm_area_struct.</param>
public readonly record struct SlabCounts(int Tasks, int AddressSpaces, int Areas);
