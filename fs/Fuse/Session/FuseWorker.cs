using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// One thread: read(2), handle, write(2), all in place. Nothing on this path allocates, waits for another thread, or takes a lock.
/// </summary>
internal sealed unsafe class FuseWorker
{
    private readonly FuseSession _session;
    private readonly FuseChannel _channel;
    private readonly InFlightSlot _slot = new();
    private readonly FuseRequest _request;
    private readonly RequestHandler _handler;
    private readonly int _index;
    private WorkerBuffers _buffers;
    private DeviceReader? _reader; // set by Run
    private int _fd; // valid inside of Run

    internal FuseWorker(FuseSession session, FuseChannel channel, int index)
    {
        _session = session;
        _channel = channel;
        _index = index;
        _request = new FuseRequest(session, channel, _slot);
        _handler = new RequestHandler(session);
        // The device takes no smaller buffer than max_write asks for; before INIT is answered the smallest there is will do.
        _buffers = index == 0 ? new WorkerBuffers(0, 0) : BuffersFor(session.Connection);
        session.Pending.AddSlot(_slot);
    }

    internal void Start() => new Thread(Run) { Name = $"fuse-{_index}", IsBackground = true }.Start();

    private static WorkerBuffers BuffersFor(FuseConnection connection)
        => new((int)connection.MaxWrite, connection.MaxPages * Environment.SystemPageSize);

    private void Run()
    {
        bool held = false;
        Exception? failure = null;
        try
        {
            _channel.Device.DangerousAddRef(ref held);
            _fd = (int)_channel.Device.DangerousGetHandle();
            _reader = new DeviceReader(_channel.Device, _session.Polling);
            if (_index != 0 || NegotiateInit())
                Serve();
            if (_reader.EndedBy == Errno.ECONNABORTED && !_session.IsStopped)
                failure = new FuseProtocolException("The connection was aborted, through its file in fusectl.");
            if (_reader.EndedBy == Errno.ENODEV)
                _session.DeviceGone();
        }
#pragma warning disable CA1031 // An exception on a bare thread would end the process; this ends the session and says why.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }
        finally
        {
            if (held)
                _channel.Device.DangerousRelease();
            _buffers.Dispose();
            _session.WorkerLeft(failure);
        }
    }

    /// <summary>The first request must be INIT. False if the device went away before.</summary>
    private bool NegotiateInit()
    {
        while (TryRead(out int length))
        {
            if (!TryBegin(length, out RequestReader args))
                continue;
            if (_request.Opcode != FuseOpcode.FUSE_INIT)
            {
                if (!FuseDispatcher.HasNoReply(_request.Opcode))
                    Reply(-Errno.EIO);
                continue;
            }

            ref fuse_init_out answer = ref new ReplyBuffer(_buffers.Reply, _buffers.ReplyCapacity).Struct<fuse_init_out>();
            _ = args.TryTakeBytes((uint)args.Remaining, out ReadOnlySpan<byte> offer);
            FuseNegotiation.Outcome outcome = FuseNegotiation.Negotiate(_session.FileSystem, _session.Connection, offer, ref answer);
            switch (outcome)
            {
                case FuseNegotiation.Outcome.AskAgain:
                    Reply(sizeof(fuse_init_out));
                    continue;
                case FuseNegotiation.Outcome.Malformed:
                    Reply(-Errno.EIO);
                    throw new FuseProtocolException("The kernel's INIT request is too short.");
                case FuseNegotiation.Outcome.TooOld:
                    Reply(-Errno.EPROTO);
                    throw new FuseProtocolException(
                        $"The kernel speaks FUSE {_session.Connection.KernelMajor}.{_session.Connection.KernelMinor}; "
                        + $"{FuseProtocol.FUSE_KERNEL_VERSION}.{FuseProtocol.OldestMinorVersion} is the oldest that works.");
                default:
                    Agree();
                    return true;
            }
        }

        return false;
    }

    private void Agree()
    {
        Reply(sizeof(fuse_init_out));
        _slot.Current = 0;
        _buffers.Dispose();
        _buffers = BuffersFor(_session.Connection);
        _session.Negotiated();
    }

    private void Serve()
    {
        while (TryRead(out int length))
        {
            if (!TryBegin(length, out RequestReader args))
                continue;

            int result = _handler.Handle(_request, ref args, new ReplyBuffer(_buffers.Reply, _buffers.ReplyCapacity));
            // From here on an INTERRUPT finds no request: it is being answered.
            _slot.Current = 0;
            if (result is not (FuseResult.NoReply or FuseResult.Deferred))
                Reply(result);
        }
    }

    private bool TryRead(out int length) => _reader!.TryRead(_buffers.Request, _buffers.RequestCapacity, out length);

    /// <summary>Checks the header. A request whose lengths lie is refused; one without a whole header cannot even be answered.</summary>
    private bool TryBegin(int length, out RequestReader args)
    {
        args = default;
        if (length < sizeof(fuse_in_header))
            return false;

        fuse_in_header* header = (fuse_in_header*)_buffers.Request;
        _request.Begin(in *header);
        _slot.Current = header->unique;
        int extensions = header->total_extlen * 8;
        int arguments = length - sizeof(fuse_in_header) - extensions;
        if (header->len != (uint)length || arguments < 0)
        {
            if (!FuseDispatcher.HasNoReply(_request.Opcode))
                Reply(-Errno.EIO);
            return false;
        }

        byte* start = _buffers.Request + sizeof(fuse_in_header);
        args = new RequestReader(start, arguments);
        if (extensions > 0)
            RequestHandler.ReadExtensions(_request, new RequestReader(start + arguments, extensions));
        return true;
    }

    /// <summary>Answers with a payload of so many bytes from the reply buffer, or with an error.</summary>
    private void Reply(int result)
    {
        int length = Math.Max(result, 0);
        int error = result < 0 ? FuseResult.ToError(result) : 0;
        int errno = Write(length, error);
        if (errno != 0 && FuseChannel.IsRefused(errno) && length > 0)
            _ = Write(0, -Errno.EIO); // it must not stay unanswered
    }

    /// <summary>The header stands right before the payload: one write(2), never split. Returns 0 or an errno.</summary>
    private int Write(int payload, int error)
    {
        fuse_out_header* header = (fuse_out_header*)_buffers.Reply - 1;
        header->len = (uint)(sizeof(fuse_out_header) + payload);
        header->error = error;
        header->unique = _request.Unique;
        while (Libc.write(_fd, header, header->len) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                return errno;
        }

        return 0;
    }
}
