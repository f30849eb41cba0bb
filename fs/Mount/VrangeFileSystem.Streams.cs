using Fuse;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>Files of proc that one waits for: read(2) and poll(2).</summary>
internal sealed partial class VrangeFileSystem
{
    private const uint O_NONBLOCK = 0x800;

    private const uint POLLIN = 0x1;
    private const uint POLLOUT = 0x4;
    private const uint POLLHUP = 0x10;
    private const uint POLLRDNORM = 0x40;
    private const uint POLLWRNORM = 0x100;

    // include/linux/poll.h: DEFAULT_POLLMASK
    private const uint AlwaysReady = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

    /// <summary>Tells the kernel that who polls an open file is to ask again; set before the first request.</summary>
    public Action<ulong>? NotifyPoll { get; set; }

    // It waits for nothing itself, and so on no thread.
    private int ReadStream(FuseRequest request, ProcStream stream, int size, bool mayWait)
    {
        if (!_parked.TryAdd(request.Uid))
            return -Errno.EAGAIN;
        var parked = new ParkedReply(request.Defer(), _blocking, _parked);
        parked.Do(() => stream.Read(size, mayWait, parked));
        return FuseResult.Deferred;
    }

    /// <inheritdoc/>
    public override int Poll(FuseRequest request, ulong node, in fuse_poll_in arg, ref fuse_poll_out answer)
    {
        if (_open.Find(arg.fh)?.Proc is not ProcStream stream)
        {
            answer.revents = AlwaysReady;
            return 0;
        }

        ulong kh = arg.kh;
        bool wantsNews = (arg.flags & PollFlags.FUSE_POLL_SCHEDULE_NOTIFY) != 0;
        Readiness readiness = stream.Poll(wantsNews ? () => _blocking.Run(() => NotifyPoll?.Invoke(kh)) : null);
        answer.revents = ((readiness & Readiness.Readable) != 0 ? POLLIN | POLLRDNORM : 0)
            | ((readiness & Readiness.Ended) != 0 ? POLLHUP : 0);
        return 0;
    }
}
