using System.Text;
using ProcFs.Nodes;

namespace ProcFs.Host;

/// <summary>
/// The names of the host's /proc that are of no process: whatever it has and this one has not. Their numbers are given as they are
/// met. The kernel and root make such names, and nobody else.
/// </summary>
internal sealed class HostNames(IHostProc host)
{
    private const int MaxNames = 1 << 16;
    private const uint Writable = 0x92; // 0222

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _numbers = []; // _lock
    private readonly List<string> _paths = []; // _lock
    private readonly Dictionary<string, ulong> _covered = [];

    /// <summary>A directory of the tree stands in the place of one of the host's. Before the first look-up.</summary>
    public void Cover(string path, ulong id) => _covered.Add(path, id);

    /// <summary>The node of a name below a directory of the host, or null.</summary>
    public ProcNode? Find(string directory, ReadOnlySpan<byte> name)
        => name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)
            ? null
            : Find(Join(directory, Encoding.UTF8.GetString(name)));

    /// <summary>The node of a number, or null when the host has it no more.</summary>
    public ProcNode? Find(ulong id)
    {
        string path;
        lock (_lock)
        {
            int number = ProcIds.HostNumberOf(id);
            if (number >= _paths.Count)
                return null;
            path = _paths[number];
        }

        return host.TryStat(path, out HostAttributes attributes) ? Make(path, id, attributes) : null;
    }

    /// <summary>The names that the host has in a directory, by their numbers.</summary>
    public IEnumerable<(ulong Position, ProcNode Node)> List(string directory, ulong from, Caller caller)
    {
        List<string> names = [];
        _ = host.List(directory, caller, names);
        if (directory.Length == 0)
            names.RemoveAll(static name => ProcTree.TryReadPid(Encoding.UTF8.GetBytes(name), out _));
        IEnumerable<ProcNode> nodes = names.Select(name => Find(Join(directory, name))).OfType<ProcNode>();
        foreach (ProcNode node in nodes.OrderBy(static node => node.Id))
        {
            ulong position = (ulong)ProcIds.HostNumberOf(node.Id);
            if (position >= from)
                yield return (position, node);
        }
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    private ProcNode? Find(string path)
        => host.TryStat(path, out HostAttributes attributes) && NumberOf(path) is int number and >= 0
            ? Make(path, ProcIds.OfHost(number), attributes)
            : null;

    private int NumberOf(string path)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(path, out int number))
                return number;
            if (_paths.Count == MaxNames)
                return -1;
            _paths.Add(path);
            _numbers.Add(path, _paths.Count - 1);
            return _paths.Count - 1;
        }
    }

    private ProcNode Make(string path, ulong id, in HostAttributes attributes)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        uint mode = attributes.Mode & ~Writable;
        ProcNode node = attributes.IsDirectory ? new HostDirectory(id, path, slash < 0 ? "" : path[..slash], mode, this)
            : attributes.IsLink ? new HostLink(id, name, path, host, attributes.Mode)
            : new HostFile(id, name, mode, path, host, -Errno.EIO);
        (node.Uid, node.Gid) = (attributes.Uid, attributes.Gid);
        return node;
    }

    private ulong IdOf(string path)
    {
        if (_covered.TryGetValue(path, out ulong id))
            return id;
        int number = NumberOf(path);
        return number < 0 ? ProcIds.Root : ProcIds.OfHost(number);
    }

    private sealed class HostDirectory(ulong id, string path, string parent, uint mode, HostNames names)
        : ProcDirectory(id, path[(path.LastIndexOf('/') + 1)..], mode & 0xFFF)
    {
        /// <inheritdoc/>
        public override ulong ParentId => names.IdOf(parent);

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name) => names.Find(path, name);

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
            => names.List(path, from, caller);
    }
}
