using KernelModel.Mm;
using KernelModel.Vrange;

namespace KernelModel.Reclaim;

/// <summary>
/// The volatile areas of vrange(2) that may have pages to purge, oldest mark first. An area is looked through from its
/// start on, and not again before it gets a page; what is kept only because it is locked, or because another task has it
/// too, is looked at again after <see cref="RetrySpared"/>. Guarded by the model's lock.
/// </summary>
internal sealed class VolatileAreas(Kernel kernel)
{
    // An area may be gone, or be another one, when its turn comes: it says itself what it is.
    private readonly Queue<VmArea> _areas = new();
    private readonly List<VmArea> _spared = [];

    /// <summary>An area became volatile, was moved, or got a page: it is looked through from an address on.</summary>
    public void Add(VmArea vma, ulong from)
    {
        if (vma.IsPurgeQueued)
        {
            vma.PurgeFrom = Math.Min(vma.PurgeFrom, from);
            return;
        }

        vma.IsPurgeQueued = true;
        vma.PurgeFrom = from;
        _areas.Enqueue(vma);
    }

    /// <summary>A part of an area is another one from now on, and as far.</summary>
    public void Split(VmArea vma, VmArea part)
    {
        if ((part.Flags & VmFlags.Volatile) == 0)
            return;
        if (vma.IsPurgeQueued)
            Add(part, Math.Max(vma.PurgeFrom, part.Start));
        if (vma.IsPurgeSpared)
            Spare(part);
    }

    /// <summary>Purges pages, in memory and in swap (R28, R29), until nothing is wanted any more.</summary>
    public void Discard(ref ScanControl control)
    {
        while (control.ToReclaim > 0 && _areas.TryPeek(out VmArea? vma))
        {
            if ((vma.Flags & VmFlags.Volatile) == 0)
            {
                Dequeue();
                continue;
            }

            PurgeWalk walk = vma.Mm.PurgeRange(Math.Max(vma.Start, vma.PurgeFrom), vma.End, control.ToReclaim);
            kernel.Ranges.CountDiscarded(walk.Freed, control.Direct);
            control.ToReclaim -= walk.Freed;
            vma.PurgeFrom = walk.Next;
            if (walk.Spared > 0)
                Spare(vma);
            if (walk.Next >= vma.End)
                Dequeue();
        }
    }

    /// <summary>What was spared may be purged by now.</summary>
    public void RetrySpared()
    {
        foreach (VmArea vma in _spared)
        {
            vma.IsPurgeSpared = false;
            if ((vma.Flags & VmFlags.Volatile) != 0)
                Add(vma, vma.Start);
        }

        _spared.Clear();
    }

    private void Dequeue() => _areas.Dequeue().IsPurgeQueued = false;

    private void Spare(VmArea vma)
    {
        if (vma.IsPurgeSpared)
            return;
        vma.IsPurgeSpared = true;
        _spared.Add(vma);
    }
}
