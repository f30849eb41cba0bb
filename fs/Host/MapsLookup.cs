using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The areas of a process over files of the mount (/proc/PID/maps), which waits for its mmap lock.</summary>
/// <param name="proc">The host's /proc.</param>
/// <param name="processId">The process, or a thread of it.</param>
/// <param name="uid">Its real uid.</param>
/// <param name="connection">Minor device number of the mount; its major is 0, as of all that have no device.</param>
internal class MapsLookup(HostProc proc, int processId, uint uid, uint connection) : HostLookup(processId, uid)
{
    /// <summary>0, or the negative errno for which it could not be read: -ESRCH when the process is gone.</summary>
    public int Error { get; private set; }

    /// <summary>What was found, ascending.</summary>
    public List<ProcMaps> Areas { get; } = [];

    /// <summary>The host's /proc.</summary>
    protected HostProc Proc => proc;

    /// <summary>Asked when the maps are open, which stay those of the program that runs now: whether they may be read.</summary>
    protected virtual int Check() => 0;

    /// <summary>Called when they have been read.</summary>
    protected virtual void OnRead()
    {
    }

    /// <inheritdoc/>
    protected override void Look()
    {
        Error = -Errno.ESRCH;
        foreach (string directory in Directories())
        {
            int error = Read(directory, out bool any);
            if (error != -Errno.ESRCH)
                Error = error;
            if (error < 0 && error != -Errno.ESRCH || any)
                break;
        }

        if (Error == 0)
            OnRead();
    }

    /// <summary>
    /// Where to look, one after the other until something is there. A main thread that has exited has neither memory nor files
    /// any more; the others have all of it.
    /// </summary>
    protected IEnumerable<string> Directories()
    {
        string process = ProcessId.ToString(CultureInfo.InvariantCulture);
        yield return process;
        List<int> threads = [];
        _ = proc.List($"{process}/task", threads);
        foreach (int thread in threads)
        {
            if (thread != ProcessId)
                yield return string.Create(CultureInfo.InvariantCulture, $"{process}/task/{thread}");
        }
    }

    private int Read(string directory, out bool any)
    {
        any = false;
        using SafeFileHandle file = proc.Open($"{directory}/maps");
        if (file.IsInvalid)
            return GoneOr(Libc.LastError);
        int error = Check();
        if (error < 0)
            return error;

        using var lines = new ProcLines(file);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            any = true;
            if (ProcMaps.TryParse(line, out ProcMaps area) && area.Major == 0 && area.Minor == connection)
                Areas.Add(area);
        }

        return GoneOr(lines.Error);
    }

    private static int GoneOr(int error) => error == -Errno.ENOENT ? -Errno.ESRCH : error;
}
