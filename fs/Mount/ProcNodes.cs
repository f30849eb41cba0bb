using KernelModel.Mapping;

namespace Fs.Mount;

/// <summary>
/// Node ids of the files of proc. Every look-up of one has an id of its own, so that each open file is an inode of its own to
/// the kernel: it locks an inode while a write to it waits, and keeps pages of an inode for all who splice from it, whose texts
/// may differ. They all show the same st_ino.
/// </summary>
internal sealed class ProcNodes
{
    // More files than this have been longer than a page once: of further ones that is not remembered.
    private const int MaxLengths = 1024;

    private readonly Lock _lock = new();

    // _lock guards these.
    private readonly Stack<int> _free = new();
    private readonly Dictionary<ulong, long> _lengths = [];
    private Slot[] _slots = new Slot[64];
    private int _used;

    /// <summary>One more look-up: the number of its slot.</summary>
    /// <param name="id">The file.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="size">st_size to tell.</param>
    public int Add(ulong id, uint mode, out long size)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                    Array.Resize(ref _slots, _slots.Length * 2);
            }

            size = SizeLocked(id);
            _slots[slot] = new Slot { Id = id, Mode = mode, Lookups = 1, Size = size };
            return slot;
        }
    }

    /// <summary>The file of a slot, 0 when it has none.</summary>
    public ulong IdOf(int slot)
    {
        lock (_lock)
            return slot < _used ? _slots[slot].Id : 0;
    }

    /// <summary>The mode that a file had when it was looked up, which outlives its process.</summary>
    public uint ModeOf(int slot)
    {
        lock (_lock)
            return slot < _used ? _slots[slot].Mode : 0;
    }

    /// <summary>st_size of a file: pages for the text that was rendered last, one before the first.</summary>
    public long SizeOf(int slot)
    {
        lock (_lock)
        {
            ref Slot node = ref _slots[slot];
            return node.Size = SizeLocked(node.Id);
        }
    }

    /// <summary>A text was rendered. The kernel reads pages for its cache as far as st_size goes.</summary>
    /// <returns>st_size that the kernel has to be told before it gets the text, or 0 when what it has been told is enough.</returns>
    public long Rendered(int slot, int length)
    {
        long size = Math.Max(1, PageSize.PagesFor(length)) << PageSize.Shift;
        lock (_lock)
        {
            ref Slot node = ref _slots[slot];
            if (size == PageSize.Bytes)
                _lengths.Remove(node.Id);
            else if (_lengths.Count < MaxLengths || _lengths.ContainsKey(node.Id))
                _lengths[node.Id] = size;
            if (size <= node.Size)
                return 0;
            return node.Size = size;
        }
    }

    /// <summary>The kernel forgets look-ups.</summary>
    public void Forget(int slot, ulong lookups)
    {
        lock (_lock)
        {
            ref Slot node = ref _slots[slot];
            node.Lookups -= lookups;
            if (node.Lookups > 0)
                return;
            node = default;
            _free.Push(slot);
        }
    }

    private long SizeLocked(ulong id) => _lengths.GetValueOrDefault(id, PageSize.Bytes);

    private struct Slot
    {
        public ulong Id;
        public uint Mode;
        public ulong Lookups;
        public long Size;
    }
}
