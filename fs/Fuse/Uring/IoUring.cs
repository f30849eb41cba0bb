using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// One io_uring with submissions of 128 bytes, used by the thread that made it and by no other: completions are put together when
/// that thread waits (DEFER_TASKRUN), never by interrupting it.
/// </summary>
internal sealed unsafe class IoUring : IDisposable
{
    private const uint Flags = Libc.IORING_SETUP_SQE128 | Libc.IORING_SETUP_CQSIZE | Libc.IORING_SETUP_SUBMIT_ALL
        | Libc.IORING_SETUP_SINGLE_ISSUER | Libc.IORING_SETUP_DEFER_TASKRUN;

    private readonly int _fd;
    private readonly nint _rings;
    private readonly nuint _ringsLength;
    private readonly nint _sqes;
    private readonly nuint _sqesLength;
    private readonly uint* _sqHead;
    private readonly uint* _sqTail;
    private readonly uint _sqMask;
    private readonly uint _sqEntries;
    private readonly uint* _cqHead;
    private readonly uint* _cqTail;
    private readonly uint _cqMask;
    private readonly Libc.IoUringCqe* _cqes;
    private uint _prepared; // the tail the kernel will see
    private uint _submitted;
    private bool _disposed;

    private IoUring(int fd, in Libc.IoUringParams setup)
    {
        _fd = fd;
        _ringsLength = Math.Max(
            setup.sq_off.sq_array_cq_flags + setup.sq_entries * sizeof(uint),
            setup.cq_off.sq_dropped_cq_cqes + setup.cq_entries * (nuint)sizeof(Libc.IoUringCqe));
        _sqesLength = setup.sq_entries * (nuint)sizeof(Libc.IoUringSqe);
        const int access = Libc.PROT_READ | Libc.PROT_WRITE;
        const int kind = Libc.MAP_SHARED | Libc.MAP_POPULATE;
        _rings = Libc.mmap(0, _ringsLength, access, kind, fd, Libc.IORING_OFF_SQ_RING);
        _sqes = Libc.mmap(0, _sqesLength, access, kind, fd, Libc.IORING_OFF_SQES);
        if (!IsMapped)
            return;

        byte* rings = (byte*)_rings;
        _sqHead = (uint*)(rings + setup.sq_off.head);
        _sqTail = (uint*)(rings + setup.sq_off.tail);
        _sqMask = *(uint*)(rings + setup.sq_off.ring_mask);
        _sqEntries = setup.sq_entries;
        _cqHead = (uint*)(rings + setup.cq_off.head);
        _cqTail = (uint*)(rings + setup.cq_off.tail);
        _cqMask = *(uint*)(rings + setup.cq_off.ring_mask);
        _cqes = (Libc.IoUringCqe*)(rings + setup.cq_off.sq_dropped_cq_cqes);
        // The kernel finds submissions through an index array; here each place holds its own submission for good.
        uint* array = (uint*)(rings + setup.sq_off.sq_array_cq_flags);
        for (uint i = 0; i < setup.sq_entries; i++)
            array[i] = i;
    }

    private bool IsMapped => _rings != Libc.MAP_FAILED && _sqes != Libc.MAP_FAILED;

    /// <summary>A ring, or null with the errno: EPERM where io_uring is disabled, ENOSYS or EINVAL where it is too old.</summary>
    internal static IoUring? TryCreate(uint entries, uint completions, out int errno)
    {
        Libc.IoUringParams setup = new() { flags = Flags, cq_entries = completions };
        int fd = (int)Libc.syscall(Libc.SYS_io_uring_setup, (nint)entries, (nint)(&setup));
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (fd < 0)
            return null;

        IoUring ring = new(fd, in setup);
        if ((setup.features & Libc.IORING_FEAT_SINGLE_MMAP) != 0 && ring.IsMapped)
            return ring;
        errno = Errno.ENOMEM;
        ring.Dispose();
        return null;
    }

    /// <summary>A zeroed submission; what is full is submitted first.</summary>
    internal ref Libc.IoUringSqe Prepare()
    {
        if (_prepared - Volatile.Read(ref *_sqHead) == _sqEntries)
            _ = Submit(wait: false);
        ref Libc.IoUringSqe sqe = ref ((Libc.IoUringSqe*)_sqes)[_prepared++ & _sqMask];
        sqe = default;
        return ref sqe;
    }

    /// <summary>Submits what is prepared, and may wait until there is a completion. Returns 0 or an errno.</summary>
    internal int Submit(bool wait)
    {
        Volatile.Write(ref *_sqTail, _prepared);
        while (true)
        {
            // GETEVENTS also where nothing is waited for: it is what runs deferred work.
            nint count = Libc.syscall(
                Libc.SYS_io_uring_enter, _fd, (nint)(_prepared - _submitted), wait ? 1 : 0, Libc.IORING_ENTER_GETEVENTS, 0, 0);
            if (count >= 0)
            {
                _submitted += (uint)count;
                if (_submitted == _prepared)
                    return 0;
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Errno.EINTR or Errno.EAGAIN or Errno.EBUSY))
                return errno;
            // EBUSY: completions have overflowed; the caller has to take some before anything more is accepted.
            if (errno == Errno.EBUSY && HasCompletion)
                return 0;
        }
    }

    internal bool HasCompletion => Volatile.Read(ref *_cqTail) != *_cqHead;

    /// <summary>Whether a completion that is waiting to be taken is a failure, but for those with the tag.</summary>
    internal bool HasFailed(ulong exceptTag)
    {
        for (uint at = *_cqHead; at != Volatile.Read(ref *_cqTail); at++)
        {
            if (_cqes[at & _cqMask] is { res: < 0 } failed && failed.user_data != exceptTag)
                return true;
        }

        return false;
    }

    internal bool TryTake(out Libc.IoUringCqe completion)
    {
        uint head = *_cqHead;
        if (Volatile.Read(ref *_cqTail) == head)
        {
            completion = default;
            return false;
        }

        completion = _cqes[head & _cqMask];
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_rings != Libc.MAP_FAILED)
            _ = Libc.munmap(_rings, _ringsLength);
        if (_sqes != Libc.MAP_FAILED)
            _ = Libc.munmap(_sqes, _sqesLength);
        _ = Libc.close(_fd);
    }
}
