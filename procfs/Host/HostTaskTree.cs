using System.Globalization;
using System.Text;
using ProcFs.Files;
using ProcFs.Nodes;

namespace ProcFs.Host;

/// <summary>
/// The directories of the host's processes and threads: two files of this filesystem, and what the host has of them. Nothing is
/// remembered of a process: a number leads to its node.
/// </summary>
internal sealed class HostTaskTree(IHostTasks tasks, IHostProc host, IMountFiles files)
{
    private const uint Writable = 0x92; // 0222
    private const uint VrangeMode = 0x8124; // a file, 0444
    private const uint ReclaimMode = 0x8080; // a file, 0200

    // Entries of a directory: itself, the two that are not the host's, then the places of its names.
    private const int Itself = 0;
    private const int Vrange = 1;
    private const int Reclaim = 2;
    private const int FirstName = 3;

    private readonly HostTaskNames _names = new(host);

    /// <summary>The directory of a process, or null when it is gone.</summary>
    public ProcDirectory? Directory(int pid) => Find(ProcIds.OfTask(pid, Itself)) as ProcDirectory;

    /// <summary>The node of a number, or null when its process is gone or has no such file.</summary>
    public ProcNode? Find(ulong id)
    {
        TaskPlace place = ProcIds.PlaceOf(id);
        string directory = DirectoryOf(place);
        string? path = place.Table switch
        {
            TaskTable.Names when place.Entry < FirstName => directory,
            TaskTable.Names when place.Entry < FirstName + _names.Count => $"{directory}/{_names[place.Entry - FirstName]}",
            TaskTable.Descriptors => Numbered(directory, "fd", place.Entry),
            TaskTable.DescriptorInfos => Numbered(directory, "fdinfo", place.Entry),
            _ => null,
        };
        if (path is null || !host.TryStat(path, out HostAttributes attributes))
            return null;
        ProcNode node = Make(id, place, path, attributes);
        (node.Uid, node.Gid) = (attributes.Uid, attributes.Gid);
        return node;
    }

    // By its number alone, any thread of a process can be named; that it is one of these is then said by the second half.
    private static string DirectoryOf(TaskPlace place)
        => place.IsThread
            ? string.Create(CultureInfo.InvariantCulture, $"{place.Pid}/task/{place.Pid}")
            : place.Pid.ToString(CultureInfo.InvariantCulture);

    private static string Numbered(string directory, string table, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{directory}/{table}/{number}");

    private ProcNode Make(ulong id, TaskPlace place, string path, in HostAttributes attributes)
    {
        if (place.Table == TaskTable.Names && place.Entry < FirstName)
        {
            return place.Entry switch
            {
                Vrange => new TaskVrangeFile(id, "vrange", VrangeMode, place.Pid, tasks),
                Reclaim => new TaskReclaimFile(id, "reclaim", ReclaimMode, place.Pid, tasks, files),
                _ => new NamesDirectory(id, place, "", attributes, this),
            };
        }

        string name = path[(path.LastIndexOf('/') + 1)..];
        if (attributes.IsLink)
            return new HostLink(id, name, path, host, attributes.Mode);
        if (!attributes.IsDirectory)
        {
            // Runtimes open comm for writing to name their threads; a write that is another process's is refused by the kernel too.
            uint mode = name == "comm" ? attributes.Mode : attributes.Mode & ~Writable;
            return new HostFile(id, name, mode, path, host, -Errno.EINVAL);
        }

        return name switch
        {
            "fd" => new NumbersDirectory(id, place, path, attributes, this, number => IdOf(TaskTable.Descriptors, number)),
            "fdinfo" => new NumbersDirectory(id, place, path, attributes, this, number => IdOf(TaskTable.DescriptorInfos, number)),
            "task" => new NumbersDirectory(id, place, path, attributes, this, static thread => ProcIds.OfThread(thread, Itself)),
            _ => new NamesDirectory(id, place, _names[place.Entry - FirstName], attributes, this),
        };

        ulong IdOf(TaskTable table, int number) => ProcIds.OfTask(place with { Table = table, Entry = number });
    }

    // The directory of a process or thread, or one of names in it.
    private sealed class NamesDirectory(ulong id, TaskPlace place, string path, in HostAttributes attributes, HostTaskTree tree)
        : ProcDirectory(id, NameOf(place, path), attributes.Mode & ~Writable & 0xFFF)
    {
        private bool IsTop => path.Length == 0;

        /// <inheritdoc/>
        public override ulong ParentId
            => !IsTop ? IdOf(path.LastIndexOf('/') is int slash and >= 0 ? FirstName + tree.PlaceOf(path[..slash]) : Itself)
                : place.IsThread ? ProcIds.OfTask(place.Pid, FirstName + tree.PlaceOf("task"))
                : ProcIds.Root;

        /// <inheritdoc/>
        public override bool NeverHas(ReadOnlySpan<byte> name)
            => !IsOurs(name) && !tree._names.TryFind(PathOf(name), out _);

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name)
        {
            if (IsOurs(name))
                return tree.Find(IdOf(name.SequenceEqual("vrange"u8) ? Vrange : Reclaim));
            return tree._names.TryFind(PathOf(name), out int found) ? tree.Find(IdOf(FirstName + found)) : null;
        }

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
        {
            IEnumerable<int> entries = tree._names.In(path).Select(static found => FirstName + found);
            foreach (int entry in IsTop ? entries.Prepend(Reclaim).Prepend(Vrange) : entries)
            {
                if ((ulong)entry >= from && tree.Find(IdOf(entry)) is ProcNode node)
                    yield return ((ulong)entry, node);
            }
        }

        private bool IsOurs(ReadOnlySpan<byte> name) => IsTop && (name.SequenceEqual("vrange"u8) || name.SequenceEqual("reclaim"u8));

        private string PathOf(ReadOnlySpan<byte> name) => IsTop ? Encoding.UTF8.GetString(name) : $"{path}/{Encoding.UTF8.GetString(name)}";

        private static string NameOf(TaskPlace place, string path)
            => path.Length == 0 ? place.Pid.ToString(CultureInfo.InvariantCulture) : path[(path.LastIndexOf('/') + 1)..];

        private ulong IdOf(int entry) => ProcIds.OfTask(place with { Table = TaskTable.Names, Entry = entry });
    }

    // fd, fdinfo and task.
    private sealed class NumbersDirectory(
        ulong id, TaskPlace place, string path, in HostAttributes attributes, HostTaskTree tree, Func<int, ulong> idOf)
        : ProcDirectory(id, path[(path.LastIndexOf('/') + 1)..], attributes.Mode & ~Writable & 0xFFF)
    {
        /// <inheritdoc/>
        public override long Size { get; } = attributes.Size;

        /// <inheritdoc/>
        public override ulong ParentId => ProcIds.OfTask(place with { Table = TaskTable.Names, Entry = Itself });

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name)
            => ProcTree.TryReadNumber(name, out int number) && number <= ProcIds.LastEntry && tree.Has(path, number)
                ? tree.Find(idOf(number))
                : null;

        /// <inheritdoc/>
        public override int Open(Caller opener) => tree.Host.List(path, opener, []);

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
        {
            List<string> names = [];
            _ = tree.Host.List(path, caller, names);
            IEnumerable<int> numbers = names.Select(static name => int.Parse(name, CultureInfo.InvariantCulture));
            foreach (int number in numbers.Order())
            {
                if ((ulong)number >= from && tree.Find(idOf(number)) is ProcNode node)
                    yield return ((ulong)number, node);
            }
        }
    }

    private IHostProc Host => host;

    private int PlaceOf(string path) => _names.TryFind(path, out int place) ? place : 0;

    // Of threads: whether it is one of this process.
    private bool Has(string directory, int number)
        => host.TryStat(string.Create(CultureInfo.InvariantCulture, $"{directory}/{number}"), out _);
}
