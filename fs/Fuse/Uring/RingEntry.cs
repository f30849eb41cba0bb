namespace Fuse;

/// <summary>
/// One request at a time over io_uring: the memory the kernel puts it into and takes the reply from. While the reply is deferred
/// the entry is parked: it is of no use for other requests.
/// </summary>
internal sealed unsafe class RingEntry : IReplyPath
{
    private const int PageSize = 4096;

    // As WorkerBuffers has it: the value of SETXATTR must fit whatever max_write is.
    private const int Smallest = 128 * 1024;

    private readonly RingWorker _worker;
    private readonly nint _memory;
    private readonly nuint _length;
    private byte[]? _held; // RingWorker's gate; the payload of a reply that came while the handler still ran
    private int _heldError; // RingWorker's gate

    internal RingEntry(RingWorker worker, FuseSession session, InFlightSlot slot, int index)
    {
        _worker = worker;
        Index = index;
        Request = new FuseRequest(session, this, slot);
        // fs/fuse/dev_uring.c: fuse_uring_create; no entry may have less room than the longest request.
        int longest = Math.Max((int)session.Connection.MaxWrite, session.Connection.MaxPages * Environment.SystemPageSize);
        Capacity = (Math.Max(longest, Smallest) + PageSize - 1) & ~(PageSize - 1);
        _length = (nuint)(PageSize + Capacity);
        // Only what is touched takes memory, and the kernel prefers the entries that came back last.
        const int kind = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE;
        _memory = Libc.mmap(0, _length, Libc.PROT_READ | Libc.PROT_WRITE, kind, -1, 0);
        if (_memory == Libc.MAP_FAILED)
            throw new InsufficientMemoryException();
        Vectors[0] = new Libc.IoVec { iov_base = Header, iov_len = (nuint)sizeof(fuse_uring_req_header) };
        Vectors[1] = new Libc.IoVec { iov_base = Payload, iov_len = (nuint)Capacity };
    }

    internal int Index { get; }

    internal FuseRequest Request { get; }

    internal int Capacity { get; }

    internal fuse_uring_req_header* Header => (fuse_uring_req_header*)_memory;

    internal Libc.IoVec* Vectors => (Libc.IoVec*)(Header + 1);

    internal byte* Payload => (byte*)_memory + PageSize;

    /// <summary>What the kernel calls the request here.</summary>
    internal ulong CommitId => Header->ring_ent_in_out.commit_id;

    /// <summary>The handler returned and left the reply to somebody else. RingWorker's gate.</summary>
    internal bool IsParked { get; set; }

    internal bool HasHeldReply => _held is not null;

    /// <inheritdoc/>
    public void Reply(ulong unique, int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        => _worker.ReplyToParked(this, error, first, second);

    /// <summary>Writes the header of a reply whose payload is in place.</summary>
    internal void SetReply(int error, int length)
    {
        ulong unique = Request.Unique;
        fuse_out_header* header = (fuse_out_header*)Header->in_out;
        header->len = (uint)(sizeof(fuse_out_header) + length);
        header->error = error;
        header->unique = unique;
        Header->ring_ent_in_out.payload_sz = (uint)length;
    }

    internal void SetReply(int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> room = new(Payload, Capacity);
        if (first.Length + second.Length > room.Length)
        {
            SetReply(-Errno.EIO, 0);
            return;
        }

        first.CopyTo(room);
        second.CopyTo(room[first.Length..]);
        SetReply(error, first.Length + second.Length);
    }

    /// <summary>The handler may still be reading its arguments, which stand where the reply goes.</summary>
    internal void Hold(int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        _held = [.. first, .. second];
        _heldError = error;
    }

    internal void SetHeldReply()
    {
        SetReply(_heldError, _held, default);
        _held = null;
    }

    internal void Free() => _ = Libc.munmap(_memory, _length);
}
