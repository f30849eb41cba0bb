namespace KernelModel.Mm;

/// <summary>
/// All page frames of the model (linux: mem_map and the buddy allocator's order 0), in chunks that appear as memory is
/// first used. Frame number 0 is the shared zero page. Guarded by the model's lock.
/// </summary>
internal sealed unsafe class MemMap
{
    /// <summary>The shared page of zeros (linux: empty_zero_page).</summary>
    public const int ZeroPage = 0;

    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly Page[]?[] _chunks;
    private readonly FrameSlab _frames;
    private int _freeHead = -1;
    private int _fresh = 1;

    public MemMap(int totalPages, FrameSlab frames)
    {
        TotalPages = totalPages;
        FreePages = totalPages;
        _frames = frames;
        _chunks = new Page[(totalPages >> ChunkBits) + 1][];
        _chunks[0] = new Page[ChunkSize];
        this[ZeroPage].Flags = PageFlags.Allocated;
    }

    /// <summary>Usable frames, the zero page not counted.</summary>
    public int TotalPages { get; }

    /// <summary>Frames nobody uses; less than none for a moment when more was taken away than there was.</summary>
    public int FreePages { get; private set; }

    public ref Page this[int pfn] => ref _chunks[pfn >> ChunkBits]![pfn & (ChunkSize - 1)];

    /// <summary>Takes a frame of zeros, or 0 when there is none.</summary>
    public int Take()
    {
        if (FreePages <= 0)
            return 0;

        FreePages--;
        int pfn = _freeHead;
        if (pfn >= 0)
        {
            _freeHead = this[pfn].Next;
        }
        else
        {
            pfn = _fresh++;
            _chunks[pfn >> ChunkBits] ??= new Page[ChunkSize];
        }

        this[pfn] = new Page { Flags = PageFlags.Allocated, Next = -1, Prev = -1 };
        return pfn;
    }

    /// <summary>Gives a frame back that nothing refers to any more.</summary>
    public void Give(int pfn)
    {
        ref Page page = ref this[pfn];
        _frames.Give(page.Frame);
        page = new Page { Next = _freeHead, Prev = -1 };
        _freeHead = pfn;
        FreePages++;
    }

    /// <summary>Takes memory away for another use, without saying which frames.</summary>
    public bool TryTakeAway(int pages, int leave)
    {
        if (FreePages < pages + leave)
            return false;
        FreePages -= pages;
        return true;
    }

    /// <summary>Frames that the machine itself uses, see <see cref="Charge"/>.</summary>
    public int OwnPages { get; private set; }

    /// <summary>The machine itself takes memory, or gives it back; who asks for it has asked whether there is room.</summary>
    public void Charge(int pages)
    {
        OwnPages += pages;
        FreePages -= pages;
    }

    /// <summary>Ends a <see cref="TryTakeAway"/>.</summary>
    public void BringBack(int pages) => FreePages += pages;

    /// <summary>The bytes of a page for a store; a page of zeros gets memory now.</summary>
    public byte* BytesForWrite(int pfn)
    {
        ref Page page = ref this[pfn];
        if (page.Frame == 0)
            page.Frame = _frames.Take();
        return (byte*)page.Frame;
    }

    /// <summary>Copies the contents of one page to another.</summary>
    public void Copy(int from, int to)
    {
        nint source = this[from].Frame;
        if (source == 0)
        {
            _frames.Give(this[to].Frame);
            this[to].Frame = 0;
            return;
        }

        Buffer.MemoryCopy((void*)source, BytesForWrite(to), Mapping.PageSize.Bytes, Mapping.PageSize.Bytes);
    }

    /// <summary>Every frame number that was ever taken.</summary>
    public int HighestPfn => _fresh - 1;
}
