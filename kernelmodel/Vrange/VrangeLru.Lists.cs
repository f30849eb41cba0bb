using System.Diagnostics;

namespace KernelModel.Vrange;

// The one LRU lies in lists that are merged by age where it matters: who takes ranges of tasks only does not walk over
// those of files. Guarded by the lock of the LRU.
public sealed partial class VrangeLru
{
    private const int Lists = 3;
    private const byte OfFiles = 0;
    private const byte OfTasks = 1;

    // Ranges that gave nothing when reclaim asked them last: their pages are locked, or others keep them.
    private const byte Spared = 2;

    private readonly (int Oldest, int Youngest)[] _ends = [(None, None), (None, None), (None, None)];

    /// <summary>Whether a range waits for <see cref="RetrySpared"/>.</summary>
    internal bool HasSpared => Volatile.Read(ref _ends[Spared].Oldest) != None;

    /// <summary>A range gave nothing: reclaim does not ask it again before something about it changes.</summary>
    internal void Spare(VrangeRef range)
    {
        lock (_lock)
        {
            if (this[range.Slot].Generation != range.Generation)
                return;
            Unlink(range.Slot);
            Rejuvenate(range.Slot, Spared);
        }
    }

    /// <summary>A range that was spared has got a page; the caller holds the lock of its owner.</summary>
    internal void Retry(int slot)
    {
        lock (_lock)
        {
            if (this[slot].List != Spared)
                return;
            Unlink(slot);
            Rejuvenate(slot, ListOf(slot));
        }
    }

    /// <summary>All that was spared may give something by now.</summary>
    internal void RetrySpared()
    {
        lock (_lock)
        {
            while (_ends[Spared].Oldest is var slot && slot != None)
            {
                Unlink(slot);
                Rejuvenate(slot, ListOf(slot));
            }
        }
    }

    private byte ListOf(int slot) => _owners[this[slot].Owner]!.Kind == VrangeOwners.Files ? OfFiles : OfTasks;

    private void Rejuvenate(int slot, byte list)
    {
        this[slot].Sequence = ++_sequence;
        this[slot].List = list;
        LinkAfter(_ends[list].Youngest, slot);
    }

    /// <summary>The oldest of the ranges at the heads of some lists; its list goes on to the next.</summary>
    private int TakeOldest(Span<int> heads)
    {
        int oldest = None;
        int from = 0;
        for (int i = 0; i < heads.Length; i++)
        {
            if (heads[i] != None && (oldest == None || this[heads[i]].Sequence < this[oldest].Sequence))
                (oldest, from) = (heads[i], i);
        }

        if (oldest != None)
            heads[from] = this[oldest].Younger;
        return oldest;
    }

    private void LinkAfter(int older, int slot)
    {
        ref Vrange range = ref this[slot];
        ref (int Oldest, int Youngest) ends = ref _ends[range.List];
        range.Older = older;
        range.Younger = older == None ? ends.Oldest : this[older].Younger;
        if (range.Younger == None)
            ends.Youngest = slot;
        else
            this[range.Younger].Older = slot;
        if (older == None)
            ends.Oldest = slot;
        else
            this[older].Younger = slot;
    }

    private void Unlink(int slot)
    {
        ref Vrange range = ref this[slot];
        ref (int Oldest, int Youngest) ends = ref _ends[range.List];
        Debug.Assert(_count > 0);
        if (range.Older == None)
            ends.Oldest = range.Younger;
        else
            this[range.Older].Younger = range.Younger;
        if (range.Younger == None)
            ends.Youngest = range.Older;
        else
            this[range.Younger].Older = range.Older;
    }
}
