namespace KernelModel;

internal sealed partial class Kernel
{
    /// <summary>vm.swappiness, 0 to 200: at 0 memory without a file is swapped when nothing else can be had.</summary>
    public int Swappiness { get; set; } = 60;

    /// <summary>vm.min_free_kbytes in pages; the watermarks follow it.</summary>
    public int MinFreePages { get; set; }

    /// <summary>Up to this many free pages who needs a page reclaims (the min watermark).</summary>
    public int MinWatermark => MinFreePages;

    /// <summary>Below this many free pages kswapd works (the low watermark).</summary>
    public int LowWatermark => MinFreePages * 2;

    /// <summary>Up to this many free pages kswapd works (the high watermark).</summary>
    public int HighWatermark => MinFreePages * 4;
}
