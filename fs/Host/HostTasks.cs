using System.Globalization;
using Fs.Tmpfs;
using KernelModel.Mapping;
using KernelModel.Tasks;
using Microsoft.Extensions.Logging;
using ProcFs;

namespace Fs.Host;

/// <summary>The host's processes as its /proc shows them.</summary>
internal sealed class HostTasks : IHostTasks, IDisposable
{
    private readonly Superblock _superblock;
    private readonly HostLookups _lookups;
    private readonly MountUsers _users;
    private readonly ulong _userNamespace;

    /// <param name="proc">The host's /proc.</param>
    /// <param name="connection">Minor device number of the mount.</param>
    /// <param name="superblock">Finds a file by its inode number.</param>
    /// <param name="logger">Hears of looks that fail.</param>
    public HostTasks(HostProc proc, uint connection, Superblock superblock, ILogger logger)
    {
        _lookups = new HostLookups(logger);
        Proc = proc;
        Connection = connection;
        _superblock = superblock;
        _users = new MountUsers(proc, _lookups, connection);
        View = new HostView(proc, _lookups);
        _ = TryNamespaceOf("self", out _userNamespace);
    }

    /// <summary>The host's /proc.</summary>
    public HostProc Proc { get; }

    /// <summary>The same, as it is passed through.</summary>
    public HostView View { get; }

    /// <summary>Minor device number of the mount.</summary>
    public uint Connection { get; }

    /// <summary>Who is behind a request, with what the wire does not carry (R14). Waits for nothing.</summary>
    public Caller CallerOf(uint uid, uint gid, uint threadId)
    {
        int thread = (int)threadId;
        if (thread == 0 || ProcStatus.Read(Proc, thread) is not ProcStatus status)
            return new Caller(uid, gid, [], thread, 0, 0) { IsForeign = true };

        // A thread that acts for another one is not who its status says.
        bool isForeign = !SharesNamespace(thread);
        return status.FsUid == uid && status.FsGid == gid
            ? new Caller(uid, gid, status.Groups, thread, status.ProcessId, isForeign ? 0 : status.Effective) { IsForeign = isForeign }
            : new Caller(uid, gid, [], thread, status.ProcessId, 0) { IsForeign = isForeign };
    }

    /// <summary>The limits of a caller's process. Waits for nothing.</summary>
    public Rlimits LimitsOf(Caller caller) => ProcLimits.Read(Proc, caller.ProcessId);

    /// <inheritdoc/>
    public IReadOnlyList<int> Users() => _users.Find();

    /// <inheritdoc/>
    public bool TryGetOwner(int pid, out uint uid, out uint gid)
    {
        bool found = Proc.Stat(Name(pid), out Libc.Statx stat) == 0;
        (uid, gid) = (stat.stx_uid, stat.stx_gid);
        return found;
    }

    /// <inheritdoc/>
    public int Open(int pid, Caller opener, TaskAccess access, out IHostTask? task)
    {
        task = null;
        if (Proc.BirthOf(pid, out ulong birth) < 0 || CredentialsOf(pid) is not { } credentials)
            return -Errno.ESRCH;
        bool isOwn = access == TaskAccess.Inspect && opener.ProcessId == pid;
        if (!isOwn && !credentials.Permits(opener, access))
            return -Errno.EACCES;
        task = new HostTask(this, pid, birth, credentials, opener, access);
        return 0;
    }

    /// <inheritdoc/>
    public int ReadMappings(int threadId, out IReadOnlyList<HostMapping> mappings)
    {
        mappings = [];
        if (threadId == 0 || ProcStatus.Read(Proc, threadId) is not ProcStatus status)
            return -Errno.ESRCH;
        var lookup = new MapsLookup(Proc, threadId, status.RealUid, Connection);
        int error = Run(lookup);
        if (error == 0)
            mappings = FilesOf(lookup.Areas, static (_, _) => false);
        return error;
    }

    /// <inheritdoc/>
    public void Dispose() => _lookups.Dispose();

    /// <summary>Who a process is now; null when it is gone or cannot be seen.</summary>
    internal TaskCredentials? CredentialsOf(int pid)
        => ProcStatus.Read(Proc, pid) is ProcStatus status && TryGetOwner(pid, out uint owner, out _)
            ? new TaskCredentials(status, owner, SharesNamespace(pid))
            : null;

    /// <summary>Looks at one process: 0, the error it met, or -EAGAIN when the bound has passed.</summary>
    internal int Run(MapsLookup lookup)
    {
        _lookups.Run([lookup]);
        return lookup.IsDone ? lookup.Error : -Errno.EAGAIN;
    }

    /// <summary>Areas as ProcFs sees them.</summary>
    internal List<HostMapping> FilesOf(List<ProcMaps> areas, Func<ProcMaps, RegularInode, bool> mayPurge)
    {
        var files = new List<HostMapping>(areas.Count);
        foreach (ProcMaps area in areas)
        {
            if (_superblock.Inodes.Find(area.Ino) is RegularInode inode)
                files.Add(new HostMapping(area.Start, area.End, area.Offset >> PageSize.Shift, new MountFile(inode), mayPurge(area, inode)));
        }

        return files;
    }

    private static string Name(int id) => id.ToString(CultureInfo.InvariantCulture);

    private bool SharesNamespace(int threadId) => TryNamespaceOf(Name(threadId), out ulong found) && found == _userNamespace;

    private bool TryNamespaceOf(string task, out ulong number)
    {
        bool found = Proc.Stat($"{task}/ns/user", out Libc.Statx stat) == 0;
        number = stat.stx_ino;
        return found;
    }
}
