using System.Text;

namespace ProcFs.Host;

/// <summary>
/// The names that a process of the host may have in its directory, each with a place of its own: which of them it has is the
/// kernel's to say. They are listed once, so that no process can add to them.
/// </summary>
internal sealed class HostTaskNames
{
    // mem, clear_refs and the like take writes, map_files is a directory of magic links: these are left out.
    private static readonly string[] s_names =
    [
        "arch_status", "attr", "autogroup", "auxv", "cgroup", "children", "cmdline", "comm", "coredump_filter", "cpuset", "cwd",
        "environ", "exe", "fd", "fdinfo", "gid_map", "io", "ksm_merging_pages", "ksm_stat", "latency", "limits", "loginuid", "maps",
        "mem", "mountinfo", "mounts", "mountstats", "net", "ns", "numa_maps", "oom_adj", "oom_score", "oom_score_adj", "pagemap",
        "personality", "projid_map", "root", "sched", "schedstat", "sessionid", "setgroups", "smaps", "smaps_rollup", "stack", "stat",
        "statm", "status", "syscall", "task", "timens_offsets", "timers", "timerslack_ns", "uid_map", "wchan",
    ];

    private readonly List<string> _paths = [.. s_names];
    private readonly Dictionary<string, int> _places = [];
    private readonly Dictionary<string, List<int>> _children = [];

    /// <summary>Makes the table, with what the directories attr, ns and net of this process have.</summary>
    public HostTaskNames(IHostProc host)
    {
        _ = host.ReadLink("self", null, out byte[] self);
        foreach (string directory in (ReadOnlySpan<string>)["attr", "ns", "net"])
            AddBelow(host, Encoding.UTF8.GetString(self), directory);
        for (int place = 0; place < _paths.Count; place++)
        {
            string path = _paths[place];
            _places.Add(path, place);
            ChildrenOf(path[..Math.Max(0, path.LastIndexOf('/'))]).Add(place);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _paths.Count;

    /// <summary>The name at a place, as a path from the directory of the process.</summary>
    public string this[int place] => _paths[place];

    /// <summary>The place of a path.</summary>
    public bool TryFind(string path, out int place) => _places.TryGetValue(path, out place);

    /// <summary>The places of the names in a directory; the process's own is empty.</summary>
    public IReadOnlyList<int> In(string directory) => _children.GetValueOrDefault(directory) ?? [];

    private void AddBelow(IHostProc host, string self, string directory)
    {
        List<string> names = [];
        _ = host.List($"{self}/{directory}", null, names);
        names.Sort(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string path = $"{directory}/{name}";
            _paths.Add(path);
            if (host.TryStat($"{self}/{path}", out HostAttributes attributes) && attributes.IsDirectory)
                AddBelow(host, self, path);
        }
    }

    private List<int> ChildrenOf(string directory)
    {
        if (!_children.TryGetValue(directory, out List<int>? children))
            _children.Add(directory, children = []);
        return children;
    }
}
