using System.Globalization;
using Fs.Tmpfs;
using KernelModel.Mapping;
using ProcFs;

namespace Fs.Host;

/// <summary>
/// The host's processes as its /proc shows them. Reading maps can wait for a process that is stuck in a fault on the
/// mount, so nothing here runs on a thread that serves requests, but for <see cref="TryGetOwner"/>.
/// </summary>
/// <param name="device">Device number of the mount as maps prints it, "00:2a".</param>
/// <param name="superblock">Finds a file by its inode number.</param>
internal sealed class HostTasks(string device, Superblock superblock) : IHostTasks
{
    /// <summary>Who is behind a request, with what the wire does not carry (R14).</summary>
    public static Caller CallerOf(uint uid, uint gid, uint threadId)
    {
        ProcStatus? status = threadId == 0 ? null : ProcStatus.Read((int)threadId);
        return status is null
            ? new Caller(uid, gid, [], (int)threadId, 0, 0)
            : new Caller(uid, gid, status.Groups, (int)threadId, status.ProcessId, status.EffectiveCapabilities);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Users()
    {
        List<int> users = [.. Processes().Where(IsUser)];
        users.Sort();
        return users;
    }

    /// <inheritdoc/>
    public bool IsUser(int pid) => pid != Environment.ProcessId && (HasOpenFile(pid) || HasMapping(pid));

    /// <inheritdoc/>
    public bool TryGetOwner(int pid, out uint uid, out uint gid)
    {
        bool found = Libc.statx(Libc.AT_FDCWD, $"/proc/{pid}", 0, Libc.STATX_BASIC_STATS, out Libc.Statx stat) == 0;
        (uid, gid) = (stat.stx_uid, stat.stx_gid);
        return found;
    }

    /// <inheritdoc/>
    public bool MayInspect(Caller caller, int pid)
    {
        // kernel/ptrace.c: __ptrace_may_access with PTRACE_MODE_READ_FSCREDS. /proc/PID belongs to root when the process
        // is not dumpable.
        if (caller.ProcessId == pid || caller.Has(Caller.CAP_SYS_PTRACE))
            return true;
        return ProcStatus.Read(pid) is ProcStatus status
            && status.Uids.AsSpan(0, 3).IndexOfAnyExcept(caller.Uid) < 0
            && status.Gids.AsSpan(0, 3).IndexOfAnyExcept(caller.Gid) < 0
            && TryGetOwner(pid, out uint owner, out _)
            && owner == caller.Uid;
    }

    /// <inheritdoc/>
    public bool TryReadMappings(int pid, out IReadOnlyList<HostMapping> mappings)
    {
        var found = new List<HostMapping>();
        mappings = found;
        if (!TryReadLines($"/proc/{pid}/maps", out IEnumerable<string> lines))
            return false;

        foreach (string line in lines)
        {
            // start-end perms offset dev inode path
            string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 5 || words[3] != device
                || !ulong.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out ulong ino)
                || superblock.Inodes.Find(ino) is not RegularInode inode)
                continue;

            string[] addresses = words[0].Split('-');
            found.Add(new HostMapping(Hex(addresses[0]), Hex(addresses[1]), Hex(words[2]) >> PageSize.Shift, new MountFile(inode)));
        }

        return true;
    }

    /// <summary>The files of the mount that any process has mapped.</summary>
    public HashSet<ulong> MappedInodes()
    {
        var inodes = new HashSet<ulong>();
        foreach (int pid in Processes())
        {
            if (TryReadMappings(pid, out IReadOnlyList<HostMapping> mappings))
                inodes.UnionWith(mappings.Select(static mapping => mapping.File.Ino));
        }

        return inodes;
    }

    private static IEnumerable<int> Processes()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    private bool HasMapping(int pid) => TryReadMappings(pid, out IReadOnlyList<HostMapping> mappings) && mappings.Count > 0;

    // By the mount ids of the descriptors: looking at a descriptor's target would ask the mount itself.
    private bool HasOpenFile(int pid)
    {
        if (!TryReadLines($"/proc/{pid}/mountinfo", out IEnumerable<string> mounts))
            return false;

        // id parent major:minor ...
        string[] numbers = device.Split(':');
        string decimalDevice = string.Create(CultureInfo.InvariantCulture, $"{Hex(numbers[0])}:{Hex(numbers[1])}");
        HashSet<string> ids = [.. mounts.Select(static line => line.Split(' ', 4)).Where(words => words[2] == decimalDevice).Select(static words => words[0])];
        if (ids.Count == 0)
            return false;

        try
        {
            foreach (string descriptor in Directory.EnumerateFiles($"/proc/{pid}/fdinfo"))
            {
                if (TryReadLines(descriptor, out IEnumerable<string> info)
                    && info.Any(line => line.StartsWith("mnt_id:", StringComparison.Ordinal) && ids.Contains(line[7..].Trim())))
                    return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return false;
    }

    private static bool TryReadLines(string path, out IEnumerable<string> lines)
    {
        try
        {
            // Latin-1 keeps every byte of a path.
            lines = File.ReadAllLines(path, System.Text.Encoding.Latin1);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lines = [];
            return false;
        }
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
