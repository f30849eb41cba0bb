namespace KernelModel;

/// <summary>
/// What the machine needs for its tasks beside their pages comes out of the same memory, so that nobody makes the daemon larger than
/// its machine is: descriptors, areas, page tables and ranges. Who is about to need some asks first whether there is room. The few
/// pages that a call needs beyond what it has asked for make free memory negative for a moment, and are paid by what is freed next.
/// </summary>
internal sealed partial class Kernel
{
    /// <summary>A kernel stack of 16 KiB.</summary>
    public const int StackPages = 4;

    /// <summary>task_struct, mm_struct, the page global directory, and what hangs on them.</summary>
    public const int DescriptorPages = 4;

    /// <summary>vm_area_struct with its place in the trees.</summary>
    public const int AreasInPage = 23;

    /// <summary>A range with its place in the tree and in the LRU.</summary>
    public const int RangesInPage = 32;

    /// <summary>Pages that a fault, or one more area, needs at most: two directories, a table, a slab.</summary>
    public const int LeastRoom = 4;

    /// <summary>Whether there are so many pages for the machine itself.</summary>
    public bool HasRoom(int pages = LeastRoom) => FreePages >= pages;

    /// <summary>Whether there is memory for one more area.</summary>
    public bool HasRoomForArea => _areas % AreasInPage != 0 || HasRoom(1);

    /// <summary>As <see cref="HasRoom"/>, and reclaims when memory is short: before a call has looked at anything.</summary>
    public bool MakeRoom(int pages = LeastRoom)
    {
        if (FreePages - pages <= MinWatermark)
            Vmscan.Reclaim(pages + LowWatermark - FreePages, direct: true);
        return HasRoom(pages);
    }
}
