using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>
    /// Copies bytes out of the address space as the kernel does for a syscall buffer or for /proc/PID/mem. A page that a user
    /// fault or a purge is in the way of cannot be had: nothing is waited for.
    /// </summary>
    /// <param name="address">First byte.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="force">Whether the protection is not asked (/proc/PID/mem).</param>
    /// <returns>The bytes copied before the first page that cannot be had, or -EFAULT when there are none.</returns>
    public int Read(ulong address, Span<byte> destination, bool force = false)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int count = Math.Min(PageSize.Bytes - (int)((address + (ulong)done) & ~PageMask), destination.Length - done);
            if (Fault(address + (ulong)done, write: false, force) != FaultResult.Ok)
                break;
            ReadMapped(address + (ulong)done, destination.Slice(done, count));
            done += count;
        }

        return done == 0 && destination.Length > 0 ? -Errno.EFAULT : done;
    }

    /// <summary>Copies bytes into the address space, with the same rules as <see cref="Read"/>.</summary>
    /// <returns>The bytes copied, or -EFAULT when there are none.</returns>
    public int Write(ulong address, ReadOnlySpan<byte> source, bool force = false)
    {
        int done = 0;
        while (done < source.Length)
        {
            int count = Math.Min(PageSize.Bytes - (int)((address + (ulong)done) & ~PageMask), source.Length - done);
            if (Fault(address + (ulong)done, write: true, force) != FaultResult.Ok)
                break;
            WriteMapped(address + (ulong)done, source.Slice(done, count));
            done += count;
        }

        return done == 0 && source.Length > 0 ? -Errno.EFAULT : done;
    }

    /// <summary>Makes a small buffer writable, so that a store to it cannot fail while no page is taken (R23).</summary>
    private bool MakeWritable(ulong address, int length)
    {
        ulong last = address + (ulong)length - 1;
        if (last < address)
            return false;
        for (ulong page = address & PageMask; page <= last; page += Page)
        {
            if (Fault(page, write: true) != FaultResult.Ok)
                return false;
        }

        // The second page may have been had by taking the first.
        return IsWritable(address) && IsWritable(last);
    }

    private bool IsWritable(ulong address)
        => Pte.IsWritable(PageTable.Get(address & PageMask)) || (TryGetHuge(address, out HugePte huge) && huge.Writable)
            || Lookup(address) is { Device: not null, Flags: var flags } && (flags & VmFlags.Shared) != 0;

    /// <summary>Reads bytes of one page that a fault has just made present.</summary>
    internal unsafe void ReadMapped(ulong address, Span<byte> destination)
    {
        ulong pte = PageTable.Get(address & PageMask);
        nint frame = Pte.IsPresent(pte) ? _kernel.Pages[Pte.Pfn(pte)].Frame : FrameOutsideTable(address, write: false);
        if (frame == 0)
            destination.Clear();
        else
            new ReadOnlySpan<byte>((byte*)frame + (address & ~PageMask), destination.Length).CopyTo(destination);
    }

    internal unsafe void WriteMapped(ulong address, ReadOnlySpan<byte> source)
    {
        ulong pte = PageTable.Get(address & PageMask);
        byte* frame = Pte.IsPresent(pte) ? _kernel.Pages.BytesForWrite(Pte.Pfn(pte)) : (byte*)FrameOutsideTable(address, write: true);
        source.CopyTo(new Span<byte>(frame + (address & ~PageMask), source.Length));
    }

    // What entries of 4 KiB do not lead to: huge pages and device memory.
    private nint FrameOutsideTable(ulong address, bool write)
    {
        VmArea vma = Lookup(address)!;
        if (vma.Device is { } device)
            return device.FrameAt(vma.IndexOf(address), write);
        HugePage page = _huge![address >> HugeSize.Shift].Page;
        int frame = (int)(address >> PageSize.Shift) & (HugeSize.Frames - 1);
        return write ? _kernel.HugePages.FrameForWrite(page, frame) : page.Frames[frame];
    }
}
