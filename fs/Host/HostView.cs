using System.Buffers.Text;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ProcFs;

namespace Fs.Host;

/// <summary>
/// The host's /proc as somebody sees it who reads it himself. What reads the state of a process may wait for it: that is done on the
/// threads of <see cref="HostLookups"/>, where nobody waits longer than their bound.
/// </summary>
internal sealed class HostView(HostProc proc, HostLookups lookups) : IHostProc
{
    private readonly CallerRights _rights = new();

    /// <inheritdoc/>
    public bool TryStat(string path, out HostAttributes attributes)
    {
        bool found = proc.StatLink(path, out Libc.Statx stat) == 0;
        attributes = new HostAttributes(stat.stx_mode, stat.stx_uid, stat.stx_gid, (long)stat.stx_size);
        return found;
    }

    /// <inheritdoc/>
    public int Open(string path, Caller opener, out IHostFile? file)
    {
        file = null;
        Subject subject = SubjectOf(path, opener);
        var look = new HostLook<SafeFileHandle>(this, subject, opener, () =>
        {
            SafeFileHandle opened = proc.Open(path);
            int failed = opened.IsInvalid ? Libc.LastError : 0;

            // The daemon's limit, to the caller, is the system's.
            return (failed == -Errno.EMFILE ? -Errno.ENFILE : failed, opened);
        });
        int error = Run(look);
        if (error == 0)
            file = new OpenHostFile(this, look.Result!, subject, opener);
        return error;
    }

    /// <inheritdoc/>
    public int ReadLink(string path, Caller? reader, out byte[] target)
    {
        var look = new HostLook<byte[]>(this, SubjectOf(path, reader), reader, () => (proc.ReadLink(path, out byte[] text), text));
        int error = Run(look);
        target = error == 0 ? look.Result! : [];
        return error;
    }

    /// <inheritdoc/>
    public int List(string path, Caller? reader, List<string> names)
    {
        var look = new HostLook<List<byte[]>>(this, SubjectOf(path, reader), reader, () =>
        {
            List<byte[]> found = [];
            return (proc.List(path.Length == 0 ? "." : path, found), found);
        });
        int error = Run(look);
        if (error == 0)
            names.AddRange(look.Result!.Select(Encoding.UTF8.GetString));
        return error;
    }

    private int Run<T>(HostLook<T> look)
    {
        lookups.Run([look]);
        return look.IsDone ? look.Error : -Errno.EAGAIN;
    }

    private Subject SubjectOf(string path, Caller? reader)
        => Utf8Parser.TryParse(Encoding.UTF8.GetBytes(path), out int pid, out _) && ProcStatus.Read(proc, pid) is ProcStatus status
            ? new Subject(pid, status.RealUid)
            : new Subject(0, reader?.Uid ?? Libc.geteuid());

    /// <summary>What is looked at: a process, and its real uid, whose share of the threads is taken; else 0 and the reader's.</summary>
    private readonly record struct Subject(int ProcessId, uint Uid);

    private sealed class HostLook<T>(HostView view, Subject subject, Caller? reader, Func<(int Error, T Result)> look)
        : HostLookup(subject.ProcessId, subject.Uid)
    {
        /// <summary>0 or more, or the negative errno that it met.</summary>
        public int Error { get; private set; }

        /// <summary>What was found.</summary>
        public T? Result { get; private set; }

        protected override void Look() => Error = view._rights.Act(reader, () =>
        {
            (int error, Result) = look();
            return error;
        });
    }

    private sealed class OpenHostFile(HostView view, SafeFileHandle file, Subject subject, Caller opener) : IHostFile
    {
        /// <inheritdoc/>
        public int Read(long offset, Span<byte> destination)
        {
            // Not the caller's buffer: a look that nobody waits for any more may still be going on.
            byte[] buffer = new byte[destination.Length];
            var look = new HostLook<byte[]>(view, subject, opener, () => (ShmemFile.Read(file, offset, buffer), buffer));
            int length = view.Run(look);
            if (length > 0)
                buffer.AsSpan(0, length).CopyTo(destination);
            return length;
        }

        /// <inheritdoc/>
        public void Dispose() => file.Dispose();
    }
}
