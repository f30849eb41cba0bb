using System.Runtime.InteropServices;
using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>
/// 4 KiB frames of native memory, taken in slabs and handed out one by one. Not thread safe: the model's lock guards it.
/// </summary>
internal sealed unsafe class FrameSlab : IDisposable
{
    private const int FramesPerSlab = 256;

    private readonly List<nint> _slabs = [];

    // A free frame's first word points to the next one.
    private nint _free;

    /// <summary>Frames handed out.</summary>
    public long InUse { get; private set; }

    /// <summary>A frame of zeros.</summary>
    public nint Take()
    {
        if (_free == 0)
            Grow();
        nint frame = _free;
        _free = *(nint*)frame;
        NativeMemory.Clear((void*)frame, PageSize.Bytes);
        InUse++;
        return frame;
    }

    /// <summary>Gives a frame back; 0 is none.</summary>
    public void Give(nint frame)
    {
        if (frame == 0)
            return;
        *(nint*)frame = _free;
        _free = frame;
        InUse--;
    }

    public void Dispose()
    {
        foreach (nint slab in _slabs)
            NativeMemory.AlignedFree((void*)slab);
        _slabs.Clear();
        _free = 0;
    }

    private void Grow()
    {
        nint slab = (nint)NativeMemory.AlignedAlloc(FramesPerSlab * PageSize.Bytes, PageSize.Bytes);
        _slabs.Add(slab);
        for (int i = FramesPerSlab - 1; i >= 0; i--)
        {
            nint frame = slab + (i * PageSize.Bytes);
            *(nint*)frame = _free;
            _free = frame;
        }
    }
}
