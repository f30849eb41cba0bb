namespace KernelModel.Tests.Product;

/// <summary>What the oracle knows of one page of one task.</summary>
internal struct Cell
{
    public bool Mapped;

    /// <summary>A page of the task's own: always in anonymous memory, a copy in a private mapping of a file.</summary>
    public bool HasOwn;

    /// <summary>The number stored last in it, 0 for zeros.</summary>
    public long Own;

    /// <summary>Given up without a report: MADV_FREE, or memory that is droppable.</summary>
    public bool MayBeZero;

    public bool Droppable;

    public bool Guard;

    /// <summary>VM_VOLATILE.</summary>
    public bool InArea;

    /// <summary>Marked by mvrange, mapped or not.</summary>
    public bool InRange;

    /// <summary>Purged and not reported by vrange(2) yet.</summary>
    public bool LostForArea;

    /// <summary>Purged while a range covered it, and the page has not come back since.</summary>
    public bool LostForRange;

    /// <summary>Purged in a range and not reported by mvrange yet, whatever the page holds now.</summary>
    public bool Unreported;

    /// <summary>A range that was purged, found something or not, may have covered it.</summary>
    public bool MayHaveTombstone;

    public readonly bool IsLost => LostForArea || LostForRange;

    public readonly bool IsVolatile => Mapped && (InArea || InRange);

    /// <summary>A mapping that is new, or none: what was here went with the call that changed it.</summary>
    public void Replace(bool mapped, bool droppable = false)
    {
        bool tombstone = MayHaveTombstone;
        bool unreported = Unreported;
        this = new Cell { Mapped = mapped, Droppable = droppable, MayHaveTombstone = tombstone, Unreported = unreported };
    }

    /// <summary>munmap: nobody asks for its losses any more (R22).</summary>
    public void Unmap() => this = default;

    public void Store(long number)
    {
        (HasOwn, Own, MayBeZero) = (true, number, Droppable);
    }

    public void Drop()
    {
        (HasOwn, Own, MayBeZero) = (false, 0, false);
    }
}
