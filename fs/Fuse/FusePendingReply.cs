using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// A reply that is given later, once, from any thread. After the end of the session completing does nothing; completing twice is
/// a bug and throws.
/// </summary>
public sealed class FusePendingReply
{
    private readonly FuseSession _session;
    private readonly IReplyPath _path;
    private readonly fuse_in_header _header;
    private readonly Lock _lock = new();
    private Action? _interruptCallback; // _lock
    private bool _interrupted; // _lock for writing
    private int _completed; // Interlocked

    internal FusePendingReply(FuseSession session, IReplyPath path, in fuse_in_header header)
    {
        _session = session;
        _path = path;
        _header = header;
    }

    /// <summary>The kernel's name for the request.</summary>
    public ulong Unique => _header.unique;

    /// <summary>What was asked.</summary>
    public FuseOpcode Opcode => _header.opcode;

    /// <summary>The node the request is about.</summary>
    public ulong NodeId => _header.nodeid;

    /// <summary>The caller's fsuid.</summary>
    public uint Uid => _header.uid;

    /// <summary>The caller's fsgid.</summary>
    public uint Gid => _header.gid;

    /// <summary>The caller's thread id.</summary>
    public uint Pid => _header.pid;

    /// <summary>Whether the caller gave up waiting (FUSE_INTERRUPT), or the session ended. The reply is still owed.</summary>
    public bool IsInterrupted => Volatile.Read(ref _interrupted);

    /// <summary>
    /// Sets what runs once when the caller gives up or the session ends; at once if that is so already. It runs on a worker thread
    /// and must not block. The usual answer to an interrupt is <c>CompleteError(-Errno.EINTR)</c>.
    /// </summary>
    public void OnInterrupt(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_lock)
        {
            if (!_interrupted)
            {
                _interruptCallback = callback;
                return;
            }
        }

        callback();
    }

    /// <summary>Success of an operation that answers nothing else.</summary>
    public void CompleteSuccess() => Send(0, default, default);

    /// <summary>Failure.</summary>
    /// <param name="errno">The errno, negative as handlers return it.</param>
    public void CompleteError(int errno) => Send(FuseResult.ToError(errno), default, default);

    /// <summary>Success of WRITE, or of COPY_FILE_RANGE.</summary>
    public void CompleteWrite(uint count)
    {
        if (Opcode == FuseOpcode.FUSE_COPY_FILE_RANGE_64)
            Complete(new fuse_copy_file_range_out { bytes_copied = count });
        else
            Complete(new fuse_write_out { size = count });
    }

    /// <summary>Success of an operation that answers bytes: READ, READLINK, READDIR, the value of an extended attribute.</summary>
    public void CompleteData(ReadOnlySpan<byte> data) => Send(0, data, default);

    /// <summary>Success of an operation that answers one struct: fuse_entry_out, fuse_attr_out, fuse_open_out, ...</summary>
    public void Complete<T>(in T answer)
        where T : unmanaged
        => Send(0, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in answer)), default);

    /// <summary>Success of CREATE and TMPFILE.</summary>
    public void CompleteCreate(in fuse_entry_out entry, in fuse_open_out open)
        => Send(
            0,
            MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_entry_out>(in entry)),
            MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_open_out>(in open)));

    /// <summary>Success of IOCTL.</summary>
    public void CompleteIoctl(int result, ReadOnlySpan<byte> output)
    {
        fuse_ioctl_out answer = new() { result = result };
        Send(0, MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_ioctl_out>(in answer)), output);
    }

    /// <summary>As <see cref="CompleteError"/>, but false instead of an exception if the reply was given already.</summary>
    public bool TryCompleteError(int errno) => TrySend(FuseResult.ToError(errno), default, default);

    /// <summary>The caller gave up, or the session ended. Not under a lock: callbacks run.</summary>
    internal void Interrupt()
    {
        Action? callback;
        lock (_lock)
        {
            _interrupted = true;
            callback = _interruptCallback;
            _interruptCallback = null;
        }

        try
        {
            callback?.Invoke();
        }
#pragma warning disable CA1031 // The worker that read the INTERRUPT has other requests to serve.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _session.ReportFailure(Opcode, e);
        }
    }

    private void Send(int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!TrySend(error, first, second))
            throw new InvalidOperationException($"The reply to {Opcode} {Unique} was given already.");
    }

    private bool TrySend(int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
            return false;

        // Out of the table first: an INTERRUPT that comes from here on finds no request.
        if (_session.Pending.Remove(this))
            _path.Reply(Unique, error, first, second);
        return true;
    }
}
