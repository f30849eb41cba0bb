namespace KernelModel.Vrange;

/// <summary>
/// All volatile ranges of all owners, oldest mark first, and the slab they live in (linux: the vrange LRU list and
/// its kmem_cache). The lock inside is the innermost of the vrange locks: an owner's lock may be held around any call
/// here, except <see cref="Discard(long, VrangeOwners, bool)"/>.
/// </summary>
public sealed partial class VrangeLru
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private const int None = -1;

    private readonly Lock _lock = new();

    // Chunks never move, so a slot may be read without the lock by whoever holds its owner's lock.
    private Vrange[][] _chunks = [];

    // Written under the lock, as everything from here on; the count is read without.
    private int _free = None;
    private ulong _sequence;
    private int _count;

    private IVrangeOwner?[] _owners = new IVrangeOwner?[16];
    private readonly Stack<int> _freeOwners = new();
    private int _ownersUsed;

    /// <summary>The first range came to an empty list. Called with locks held: only take a note.</summary>
    public event Action? Populated;

    /// <summary>Ranges in the list.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The state of a slot; the caller holds the lock of its owner.</summary>
    internal ref Vrange this[int slot] => ref _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)];

    internal int AddOwner(IVrangeOwner owner)
    {
        lock (_lock)
        {
            if (!_freeOwners.TryPop(out int slot))
            {
                slot = _ownersUsed++;
                if (slot == _owners.Length)
                    Array.Resize(ref _owners, _owners.Length * 2);
            }

            _owners[slot] = owner;
            return slot;
        }
    }

    internal void RemoveOwner(int slot)
    {
        lock (_lock)
        {
            _owners[slot] = null;
            _freeOwners.Push(slot);
        }
    }

    /// <summary>A new range at the young end.</summary>
    internal int Add(int owner, ulong first, ulong last, VrangeBehavior behavior, bool purged)
    {
        lock (_lock)
        {
            int slot = Allocate(owner, first, last, behavior, purged);
            Rejuvenate(slot, ListOf(slot));
            if (_count == 1)
                Populated?.Invoke();
            return slot;
        }
    }

    /// <summary>The second half of a split range, with the state of the first and next to it (R5).</summary>
    internal int AddSplit(int sibling, ulong first, ulong last)
    {
        lock (_lock)
        {
            ref Vrange left = ref this[sibling];
            int slot = Allocate(left.Owner, first, last, left.Behavior, left.Purged);
            this[slot].Sequence = this[sibling].Sequence;
            this[slot].List = this[sibling].List;
            LinkAfter(sibling, slot);
            return slot;
        }
    }

    internal void Remove(int slot)
    {
        lock (_lock)
        {
            Unlink(slot);
            ref Vrange range = ref this[slot];
            range.Generation++;
            range.Older = _free;
            _free = slot;
            _count--;
        }
    }

    internal void MoveToYoungEnd(int slot)
    {
        lock (_lock)
        {
            Unlink(slot);
            Rejuvenate(slot, ListOf(slot));
        }
    }

    /// <summary>Whether the slot still holds the range that was meant; the caller holds the lock of its owner.</summary>
    internal bool IsCurrent(VrangeRef range)
    {
        lock (_lock)
            return this[range.Slot].Generation == range.Generation;
    }

    /// <summary>Every range, oldest first, as it stands now. The ranges may change as soon as the call returns.</summary>
    public List<(VrangeRef Range, IVrangeOwner Owner)> Snapshot()
    {
        lock (_lock)
        {
            var list = new List<(VrangeRef, IVrangeOwner)>(_count);
            Span<int> next = stackalloc int[Lists];
            for (int i = 0; i < Lists; i++)
                next[i] = _ends[i].Oldest;
            for (int slot = TakeOldest(next); slot != None; slot = TakeOldest(next))
                list.Add((new VrangeRef(slot, this[slot].Generation), _owners[this[slot].Owner]!));
            return list;
        }
    }

    /// <summary>Every owner that has ranges or tombstones.</summary>
    public List<IVrangeOwner> Owners()
    {
        lock (_lock)
            return [.. _owners.OfType<IVrangeOwner>()];
    }

    private int Allocate(int owner, ulong first, ulong last, VrangeBehavior behavior, bool purged)
    {
        if (_free == None)
            Grow();

        int slot = _free;
        ref Vrange range = ref this[slot];
        _free = range.Older;
        range.First = first;
        range.Last = last;
        range.Owner = owner;
        range.Behavior = behavior;
        range.Purged = purged;
        _count++;
        return slot;
    }

    private void Grow()
    {
        int used = _chunks.Length;
        var chunk = new Vrange[ChunkSize];
        for (int i = 0; i < ChunkSize; i++)
            chunk[i].Older = i + 1 < ChunkSize ? (used << ChunkBits) + i + 1 : None;

        _chunks = [.. _chunks, chunk];
        _free = used << ChunkBits;
    }
}
