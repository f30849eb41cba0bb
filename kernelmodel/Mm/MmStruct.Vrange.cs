using System.Buffers.Binary;
using KernelModel.Mapping;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    // Made by the first mvrange: most tasks never call it.
    private VrangeRoot? _ranges;

    /// <summary>Purged markers in the page table (R26).</summary>
    public long PurgedMarkers { get; private set; }

    internal VrangeRoot? Ranges => _ranges;

    private VrangeRoot RangeRoot => _ranges ??= new VrangeRoot(_kernel.Ranges, this);

    /// <summary>Pages of memory that the ranges take.</summary>
    internal int RangePages { get; private set; }

    /// <summary>
    /// The vrange(2) of 2014 (S0): sets or clears VM_VOLATILE, from the start on, until something it cannot do is met.
    /// </summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded down to pages.</param>
    /// <param name="mode">A <see cref="VrangeMode"/>.</param>
    /// <param name="flags">Must be 0.</param>
    /// <param name="purged">Whether a page of the bytes returned had been purged.</param>
    /// <returns>Bytes done (R24), or -EINVAL or -ENOMEM when the first thing met cannot be done.</returns>
    public long Vrange(ulong start, ulong length, uint mode, uint flags, out bool purged)
    {
        purged = false;
        int result = CheckVrange(start, ref length, mode, flags != 0);
        if (result < 0)
            return result;
        _ = _kernel.MakeRoom();
        ulong end = start + length;
        ulong at = start;
        while (at < end)
        {
            // R24: what ends the walk is an error only as the first thing met.
            if (Lookup(at) is not { } vma)
            {
                result = -Errno.ENOMEM;
                break;
            }

            if ((vma.Flags & (VmFlags.Special | VmFlags.Locked | VmFlags.Pinned | VmFlags.HugeTlb)) != 0)
                break;
            if (vma.File is not null || (vma.Flags & VmFlags.Shared) != 0)
            {
                result = -Errno.EINVAL;
                break;
            }

            ulong stop = Math.Min(vma.End, end);
            bool on = mode == (uint)VrangeMode.Volatile;
            VmFlags wanted = on ? vma.Flags | VmFlags.Volatile : vma.Flags & ~VmFlags.Volatile;
            if (wanted != vma.Flags)
            {
                result = Vmas.ModifyFlags(ref vma, at, stop, wanted);
                if (result < 0)
                    break;
                Vmas.AccountVolatile((on ? 1 : -1) * (long)((stop - at) >> PageSize.Shift));
                if (on)
                    _kernel.VolatileAreas.Add(vma, at);
            }

            if (!on)
                purged |= ClearPurged(at, stop, Pte.PurgedForArea);
            at = stop;
        }

        return at > start ? (long)(at - start) : result;
    }

    /// <summary>
    /// As a program makes the call: the int that says whether a page was purged lies in its memory (R23).
    /// </summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded down to pages.</param>
    /// <param name="mode">A <see cref="VrangeMode"/>.</param>
    /// <param name="flags">Must be 0.</param>
    /// <param name="purgedAt">Where the int is written, also when the call fails behind the checks.</param>
    /// <param name="purged">What was written there.</param>
    /// <returns>As without the pointer, or -EFAULT before any change when the int cannot be written.</returns>
    public long Vrange(ulong start, ulong length, uint mode, uint flags, ulong purgedAt, out bool purged)
    {
        purged = false;
        ulong rounded = length;
        int result = CheckVrange(start, ref rounded, mode, flags != 0);
        if (result < 0)
            return result;
        if (!MakeWritable(purgedAt, sizeof(int)))
            return -Errno.EFAULT;
        long done = Vrange(start, length, mode, flags, out purged);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, purged ? 1 : 0);
        Write(purgedAt, bytes);
        return done;
    }

    /// <summary>
    /// The mvrange of 2013 (S1, R20): marks or unmarks addresses in the mm's own root, and in the file's root where a
    /// shared mapping lies.
    /// </summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded down to pages.</param>
    /// <param name="mode">A <see cref="VrangeMode"/>.</param>
    /// <param name="behavior">A <see cref="VrangeBehavior"/>.</param>
    /// <returns>
    /// 1 when something unmarked had been purged, else 0; or -EINVAL, -EACCES for a shared mapping of a file that was not
    /// opened for writing, or -ENOMEM. -ERESTARTSYS when a purge has to end first: the call is to be made again after
    /// <see cref="TaskStruct.RestartBlock"/>, and no loss is taken for reported.
    /// </returns>
    public int Mvrange(ulong start, ulong length, uint mode, uint behavior)
    {
        int result = CheckVrange(start, ref length, mode, behavior > (uint)VrangeBehavior.Partial);
        if (result < 0)
            return result;

        // What lies behind the address space is a hole that nothing will ever fill.
        ulong end = Math.Min(start + length, TaskSize);
        bool files = false;
        for (VmArea? vma = FirstIn(start, end); vma is not null; vma = FirstIn(vma.End, end))
        {
            // R20: a mark is a hole punch on loan.
            if (!MapsFileShared(vma))
                continue;
            if (!vma.File!.Writable)
                return -Errno.EACCES;
            files = true;
        }

        // A mark makes a range, and what takes back the middle of one makes two of it.
        if ((_ranges?.Entries ?? 0) % Kernel.RangesInPage == 0 && !_kernel.MakeRoom(1))
            return -Errno.ENOMEM;
        if (!files)
            return MarkOwn(start, end, mode, behavior) ? 1 : 0;
        if (mode == (uint)VrangeMode.NonVolatile && TakeBackFiles(start, end) is { } running)
        {
            Owner.RestartBlock = running;
            return -SyscallResult.ERESTARTSYS;
        }

        bool purged = false;
        ulong at = start;
        while (at < end)
        {
            // A run that belongs to the mm's root reaches to the next shared mapping, over holes.
            ulong stop = at;
            VmArea? shared = null;
            for (VmArea? vma = FirstIn(at, end); vma is not null && shared is null; vma = FirstIn(vma.End, end))
                shared = MapsFileShared(vma) ? vma : null;
            if (shared is null || shared.Start > at)
            {
                stop = shared?.Start ?? end;
                purged |= MarkOwn(at, stop, mode, behavior);
            }
            else
            {
                stop = Math.Min(shared.End, end);
                purged |= MarkFile(shared, at, stop, mode, behavior);
            }

            at = stop;
        }

        return purged ? 1 : 0;
    }

    // R12: before anything is reported every purge that runs there has come to its end, which nobody waits for here.
    private PurgeWait? TakeBackFiles(ulong start, ulong end)
    {
        PurgeWait? running = null;
        for (VmArea? vma = FirstIn(start, end); vma is not null && running is null; vma = FirstIn(vma.End, end))
        {
            if (MapsFileShared(vma))
                running = vma.File!.Mapping.TakeBack(vma.IndexOf(Math.Max(start, vma.Start)), vma.IndexOf(Math.Min(end, vma.End) - Page));
        }

        return running;
    }

    private static bool MapsFileShared(VmArea vma) => vma.File is not null && (vma.Flags & VmFlags.MayShare) != 0;

    /// <summary>R20: a new mapping ends the marks that it comes to lie over; what was purged is still reported.</summary>
    private void EndMarks(ulong start, ulong end)
    {
        _ranges?.Unmark(start >> PageSize.Shift, (end - 1) >> PageSize.Shift, report: false);
        ChargeRanges();
    }

    /// <summary>R22: what is unmapped takes its marks and its losses along.</summary>
    private void DropMarks(ulong start, ulong end)
    {
        _ranges?.Unmark(start >> PageSize.Shift, (end - 1) >> PageSize.Shift, report: true);
        ChargeRanges();
    }

    private bool MarkOwn(ulong start, ulong end, uint mode, uint behavior)
    {
        (ulong first, ulong last) = (start >> PageSize.Shift, (end - 1) >> PageSize.Shift);
        if (mode == (uint)VrangeMode.NonVolatile)
        {
            ClearPurged(start, end, Pte.PurgedForRange);
            bool purged = RangeRoot.Unmark(first, last, report: true);
            ChargeRanges();
            return purged;
        }

        RangeRoot.Mark(first, last, (VrangeBehavior)behavior);
        ChargeRanges();
        return false;
    }

    // Ranges have their pages of memory; what a purge leaves behind is counted with the next change.
    private void ChargeRanges()
    {
        int pages = ((_ranges?.Entries ?? 0) + Kernel.RangesInPage - 1) / Kernel.RangesInPage;
        _kernel.Pages.Charge(pages - RangePages);
        RangePages = pages;
    }

    private static bool MarkFile(VmArea vma, ulong start, ulong end, uint mode, uint behavior)
    {
        (ulong first, ulong last) = (vma.IndexOf(start), vma.IndexOf(end - Page));
        if (mode == (uint)VrangeMode.NonVolatile)
            return vma.File!.Mapping.Unmark(first, last);
        vma.File!.Mapping.Mark(first, last, (VrangeBehavior)behavior);
        return false;
    }

    // R23.
    private static int CheckVrange(ulong start, ref ulong length, uint mode, bool badFlags)
    {
        if (badFlags || (start & ~PageMask) != 0)
            return -Errno.EINVAL;
        length &= PageMask;
        bool invalid = length == 0 || start + length < start || start >= TaskSize || (long)length < 0
            || mode > (uint)VrangeMode.Volatile;
        return invalid ? -Errno.EINVAL : 0;
    }

    /// <summary>A page is volatile when its VMA or a range says so.</summary>
    internal bool IsVolatile(VmArea vma, ulong address)
        => (vma.Flags & VmFlags.Volatile) != 0 || IsInRange(address);

    private bool IsInRange(ulong address)
        => _ranges is { } root && root.IsVolatile(address >> PageSize.Shift, address >> PageSize.Shift);

    private bool ClearPurged(ulong start, ulong end, ulong record)
    {
        bool found = false;
        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.HasRecord(pte))
            {
                ulong left = Pte.ClearRecord(pte, record);
                found |= left != pte;
                SetPurged(address, pte, left);
            }

            address += Page;
        }

        return found;
    }

    private void SetPurged(ulong address, ulong old, ulong marker)
    {
        PurgedMarkers += (Pte.HasRecord(marker) ? 1 : 0) - (Pte.HasRecord(old) ? 1 : 0);
        PageTable.Set(address, marker);
    }

    private long CountVolatile(VmArea vma)
    {
        if ((vma.Flags & VmFlags.Volatile) != 0)
            return (long)vma.Pages;
        if (_ranges is null || _ranges.Count == 0)
            return 0;
        ulong first = vma.Start >> PageSize.Shift;
        ulong last = (vma.End - 1) >> PageSize.Shift;
        long pages = 0;
        ulong at = first;
        while (at <= last && _ranges.TryFindAtOrAfter(at, out VrangeEntry range) && range.First <= last)
        {
            pages += (long)(Math.Min(last, range.Last) - Math.Max(first, range.First) + 1);
            at = range.Last + 1;
        }

        return pages;
    }
}
