namespace KernelModel.Mm;

/// <summary>
/// The memory of a device that a driver mapped with remap_pfn_range: frames outside mem_map, one a page of the mapping, the
/// same for every task that inherits it. They are zeros until somebody stores. Guarded by the model's lock.
/// </summary>
/// <param name="frames">Where the bytes come from.</param>
/// <param name="firstIndex">vm_pgoff of the first page.</param>
/// <param name="pages">Pages there are.</param>
/// <param name="firstPfn">Frame number of the first page, behind all memory.</param>
internal sealed unsafe class DeviceMemory(FrameSlab frames, ulong firstIndex, ulong pages, ulong firstPfn)
{
    private readonly Dictionary<ulong, nint> _stored = [];

    /// <summary>Areas that show it; with the last of them the bytes go.</summary>
    public int Users { get; private set; }

    public ulong PfnAt(ulong index) => firstPfn + Offset(index);

    /// <summary>The bytes of a page; 0 for zeros, unless they are for a store.</summary>
    public nint FrameAt(ulong index, bool write)
    {
        ulong offset = Offset(index);
        if (!_stored.TryGetValue(offset, out nint frame) && write)
            _stored.Add(offset, frame = frames.Take());
        return frame;
    }

    public void Get() => Users++;

    public void Put()
    {
        if (--Users > 0)
            return;
        foreach (nint frame in _stored.Values)
            frames.Give(frame);
        _stored.Clear();
    }

    // A mapping never grows beyond what the driver mapped.
    private ulong Offset(ulong index)
    {
        System.Diagnostics.Debug.Assert(index - firstIndex < pages, "Inside of the device.");
        return index - firstIndex;
    }
}
