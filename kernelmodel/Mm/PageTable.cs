using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>
/// The four level page table of one mm: directories of 512 slots over tables of 512 entries. A table whose last entry
/// goes is given up. Each is a page of memory. Guarded by the model's lock.
/// </summary>
internal sealed class PageTable(MemMap memory)
{
    private const int Fan = 512;
    private const int TableShift = PageSize.Shift + 9;

    private const int MiddleShift = TableShift + 9;

    // What lies above is no address: it has no entry, and must not share that of another (x86-64: non-canonical).
    private const int AddressBits = TableShift + 27;

    private readonly Directory _root = new();

    // Stretches of 1 GiB that got a page middle directory, which stays until nothing is mapped there any more.
    private readonly HashSet<ulong> _middles = [];

    // The table of the last access: faults and walks stay in one for a while.
    private ulong _lastKey = ulong.MaxValue;
    private Table? _last;

    private sealed class Directory
    {
        public readonly object?[] Slots = new object?[Fan];
        public int Used;
    }

    private sealed class Table
    {
        public readonly ulong[] Entries = new ulong[Fan];
        public int Used;

        /// <summary>Of these, entries that have a page: the others are markers.</summary>
        public int Pages;
    }

    /// <summary>Tables of entries in use (VmPTE).</summary>
    public int Tables { get; private set; }

    /// <summary>Tables and directories, each a page, without the topmost.</summary>
    public int Pages { get; private set; }

    /// <summary>Whether an entry can be set without a new table.</summary>
    public bool HasTable(ulong address) => Find(address) is not null;

    public ulong Get(ulong address)
    {
        Table? table = Find(address);
        return table is null ? Pte.None : table.Entries[Slot(address, PageSize.Shift)];
    }

    public void Set(ulong address, ulong pte)
    {
        Table? table = Find(address);
        if (table is null)
        {
            if (pte == Pte.None)
                return;
            table = Grow(address);
        }

        ref ulong entry = ref table.Entries[Slot(address, PageSize.Shift)];
        table.Used += (pte != Pte.None ? 1 : 0) - (entry != Pte.None ? 1 : 0);
        table.Pages += (Pte.HasPage(pte) ? 1 : 0) - (Pte.HasPage(entry) ? 1 : 0);
        entry = pte;
        if (table.Used == 0)
            Drop(address);
    }

    /// <summary>Finds the next entry that is not none.</summary>
    /// <param name="address">Where to start; then the address of the entry.</param>
    /// <param name="end">Where to stop, exclusive.</param>
    /// <param name="pte">The entry.</param>
    public bool Next(ref ulong address, ulong end, out ulong pte)
    {
        end = Math.Min(end, 1UL << AddressBits);
        while (address < end)
        {
            Table? table = Find(address, out int missingShift);
            if (table is null)
            {
                ulong step = 1UL << missingShift;
                address = (address & ~(step - 1)) + step;
                continue;
            }

            int slot = Slot(address, PageSize.Shift);
            for (; slot < Fan && address < end; slot++, address += PageSize.Bytes)
            {
                pte = table.Entries[slot];
                if (pte != Pte.None)
                    return true;
            }
        }

        pte = Pte.None;
        return false;
    }

    /// <summary>As <see cref="Next(ref ulong, ulong, out ulong)"/>, but only entries that have a page, in memory or in swap.</summary>
    public bool NextPage(ref ulong address, ulong end, out ulong pte)
    {
        while (Next(ref address, end, out pte))
        {
            if (Pte.HasPage(pte))
                return true;
            if (_last!.Pages > 0)
                address += PageSize.Bytes;
            else
                address = ((address >> TableShift) + 1) << TableShift;
        }

        return false;
    }

    /// <summary>A page middle directory comes to be, whatever is put in it.</summary>
    public void NoteMiddle(ulong address) => _middles.Add(address >> MiddleShift);

    /// <summary>Whether there is a page middle directory, full or empty.</summary>
    public bool HasMiddle(ulong address) => _middles.Contains(address >> MiddleShift);

    /// <summary>mm/memory.c: free_pgtables. An area is gone: the directories that no other needs go too.</summary>
    public void FreeMiddles(ulong start, ulong end, Func<ulong, ulong, bool> isUnmapped)
    {
        (ulong first, ulong last) = (start >> MiddleShift, (end - 1) >> MiddleShift);
        if (last - first < (ulong)_middles.Count)
        {
            for (ulong middle = first; middle <= last; middle++)
                FreeMiddle(middle, isUnmapped);
            return;
        }

        foreach (ulong middle in _middles)
        {
            if (middle >= first && middle <= last)
                FreeMiddle(middle, isUnmapped);
        }
    }

    private void FreeMiddle(ulong middle, Func<ulong, ulong, bool> isUnmapped)
    {
        if (_middles.Contains(middle) && isUnmapped(middle << MiddleShift, (middle + 1) << MiddleShift))
            _middles.Remove(middle);
    }

    private static int Slot(ulong address, int shift) => (int)(address >> shift) & (Fan - 1);

    private Table? Find(ulong address)
        => address >> TableShift == _lastKey ? _last : Find(address, out _);

    private Table? Find(ulong address, out int missingShift)
    {
        missingShift = TableShift;
        if (address >> TableShift == _lastKey)
            return _last;
        if (address >> AddressBits != 0)
            return null;

        Directory directory = _root;
        for (int shift = TableShift + 18; shift > TableShift; shift -= 9)
        {
            if (directory.Slots[Slot(address, shift)] is not Directory next)
            {
                missingShift = shift;
                return null;
            }

            directory = next;
        }

        if (directory.Slots[Slot(address, TableShift)] is not Table table)
            return null;
        _lastKey = address >> TableShift;
        _last = table;
        return table;
    }

    private Table Grow(ulong address)
    {
        Directory directory = _root;
        for (int shift = TableShift + 18; shift > TableShift; shift -= 9)
        {
            ref object? slot = ref directory.Slots[Slot(address, shift)];
            if (slot is null)
            {
                slot = new Directory();
                directory.Used++;
                Take();
            }

            directory = (Directory)slot;
        }

        NoteMiddle(address);
        Table table = new();
        directory.Slots[Slot(address, TableShift)] = table;
        directory.Used++;
        Tables++;
        Take();
        _lastKey = address >> TableShift;
        _last = table;
        return table;
    }

    private void Drop(ulong address)
    {
        Span<Directory?> path = [_root, null, null];
        int level = 0;
        for (int shift = TableShift + 18; shift > TableShift; shift -= 9)
            path[++level] = (Directory)path[level - 1]!.Slots[Slot(address, shift)]!;
        for (int shift = TableShift; level >= 0; level--, shift += 9)
        {
            path[level]!.Slots[Slot(address, shift)] = null;
            Give();
            if (--path[level]!.Used > 0)
                break;
        }

        Tables--;
        _lastKey = ulong.MaxValue;
        _last = null;
    }

    private void Take()
    {
        Pages++;
        memory.Charge(1);
    }

    private void Give()
    {
        Pages--;
        memory.Charge(-1);
    }
}
