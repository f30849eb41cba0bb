using System.Globalization;
using Fs.Tmpfs;
using ProcFs;

namespace Fs.Host;

/// <summary>A process of the host as somebody has opened it.</summary>
/// <param name="tasks">Where it was found.</param>
/// <param name="pid">Its number.</param>
/// <param name="birth">With it the number is no other's.</param>
/// <param name="credentials">What it was when it was opened.</param>
/// <param name="opener">Whose rights count.</param>
/// <param name="access">What he wants.</param>
internal sealed class HostTask(
    HostTasks tasks, int pid, ulong birth, TaskCredentials credentials, Caller opener, TaskAccess access) : IHostTask
{
    /// <inheritdoc/>
    public int ReadMappings(out IReadOnlyList<HostMapping> mappings)
    {
        var lookup = new Lookup(this);
        int error = tasks.Run(lookup);
        mappings = error == 0 ? lookup.Mappings : [];
        return error;
    }

    // Asked with the maps open, which stay those of the program that ran then: if this is the process they are of, and he may
    // read those of what it is now, he may read them.
    private int Check(out TaskCredentials? current)
    {
        current = tasks.Proc.BirthOf(pid, out ulong now) == 0 && now == birth ? tasks.CredentialsOf(pid) : null;
        if (current is null)
            return -Errno.ESRCH;
        return current.IsSameAs(credentials) || current.Permits(opener, access) ? 0 : -Errno.EACCES;
    }

    private sealed class Lookup(HostTask task) : MapsLookup(task.Tasks.Proc, task.Pid, task.RealUid, task.Tasks.Connection)
    {
        private TaskCredentials? _credentials;

        public IReadOnlyList<HostMapping> Mappings { get; private set; } = [];

        protected override int Check() => task.Check(out _credentials);

        protected override void OnRead() => Mappings = task.Tasks.FilesOf(Areas, MayPurge);

        // R33a. A shared area that is writable says itself that its file was opened for writing. Of others the name in
        // map_files does, but what lies there changes any moment: the process must have the right by its credentials too.
        private bool MayPurge(ProcMaps area, RegularInode inode)
        {
            if (task.Access != TaskAccess.Reclaim)
                return false;
            if (area.IsSharedWritable)
                return true;
            string name = string.Create(CultureInfo.InvariantCulture, $"{task.Pid}/map_files/{area.MapFile}");
            return new Credentials(_credentials!.AsCaller(task.Pid)).Check(inode, Credentials.MAY_WRITE) == 0
                && Proc.StatLink(name, out Libc.Statx stat) == 0 && (stat.stx_mode & OwnerWrites) != 0;
        }
    }

    // fs/proc/base.c: proc_map_files_instantiate
    private const uint OwnerWrites = 0x80;

    private HostTasks Tasks => tasks;

    private int Pid => pid;

    private uint RealUid => credentials.RealUid;

    private TaskAccess Access => access;
}
