using KernelModel.Mapping;
using KernelModel.Mm;

namespace KernelModel.Reclaim;

/// <summary>
/// A swap area that writes at once, as zram does. A slot is in use while page table entries, shmem entries or a page of
/// the swap cache refer to it. Slot 0 holds the header and is never handed out. Guarded by the model's lock.
/// </summary>
internal sealed class SwapDevice
{
    private readonly int[] _count;
    private readonly int[] _cache;
    private readonly nint[] _data;
    private readonly int[] _nextFree;
    private readonly FrameSlab _frames;

    // Slots that were in use and are free again.
    private int _free;
    private int _fresh = 1;

    internal SwapDevice(int slots, FrameSlab frames)
    {
        _count = new int[slots + 1];
        _cache = new int[slots + 1];
        _data = new nint[slots + 1];
        _nextFree = new int[slots + 1];
        _frames = frames;
    }

    /// <summary>Usable slots.</summary>
    public int TotalSlots => _count.Length - 1;

    /// <summary>Slots in use.</summary>
    public int UsedSlots { get; private set; }

    /// <summary>References by page tables and shmem; the swap cache does not count.</summary>
    internal int MapCount(int slot) => _count[slot];

    /// <summary>The frame of the swap cache for a slot, or 0.</summary>
    internal int Cached(int slot) => _cache[slot];

    /// <summary>Takes a free slot for a page of the swap cache, or answers 0 when the device is full.</summary>
    internal int Take(int pfn)
    {
        if (UsedSlots == TotalSlots)
            return 0;
        int slot = _free;
        if (slot != 0)
            _free = _nextFree[slot];
        else
            slot = _fresh++;
        _cache[slot] = pfn;
        UsedSlots++;
        return slot;
    }

    internal void Duplicate(int slot) => _count[slot]++;

    /// <summary>Drops one reference; answers whether the last one went.</summary>
    internal bool Release(int slot)
    {
        System.Diagnostics.Debug.Assert(_count[slot] > 0, "A swap slot was freed once too often.");
        if (--_count[slot] > 0)
            return false;
        FreeIfUnused(slot);
        return true;
    }

    internal void SetCached(int slot, int pfn)
    {
        _cache[slot] = pfn;
        FreeIfUnused(slot);
    }

    /// <summary>Stores the contents of a page.</summary>
    internal unsafe void Write(int slot, nint frame)
    {
        if (frame == 0)
        {
            _frames.Give(_data[slot]);
            _data[slot] = 0;
            return;
        }

        if (_data[slot] == 0)
            _data[slot] = _frames.Take();
        Buffer.MemoryCopy((void*)frame, (void*)_data[slot], PageSize.Bytes, PageSize.Bytes);
    }

    /// <summary>The stored bytes, or 0 for a page of zeros.</summary>
    internal nint Data(int slot) => _data[slot];

    private void FreeIfUnused(int slot)
    {
        if (_count[slot] != 0 || _cache[slot] != 0)
            return;
        _frames.Give(_data[slot]);
        _data[slot] = 0;
        _nextFree[slot] = _free;
        _free = slot;
        UsedSlots--;
    }
}
