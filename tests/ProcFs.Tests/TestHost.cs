using System.Globalization;
using System.Text;

namespace ProcFs.Tests;

/// <summary>The /proc of a host as ProcFs sees it: what is in it, and who may read what.</summary>
internal sealed class TestHost(Func<int, bool> isProcess) : IHostProc
{
    // The process that renders.
    private const int Self = 99999;
    private const uint Directory = 0x416D;
    private const uint Link = 0xA1FF;

    /// <summary>Files and links by path; a directory is where something lies below.</summary>
    public SortedDictionary<string, (uint Mode, string Text)> Entries { get; } = new(StringComparer.Ordinal)
    {
        ["self"] = (Link, "99999"),
        ["99999/net/dev"] = (0x8124, "lo"),
        ["99999/ns/mnt"] = (Link, "mnt:[1]"),
        ["99999/attr/current"] = (0x81B6, "unconfined"),
    };

    /// <summary>Of an opening: what it answers instead, and of whom it was asked last.</summary>
    public int Error { get; set; }

    public Caller? LastReader { get; private set; }

    public int Opened { get; private set; }

    public void AddProcess(int pid)
    {
        Entries[$"{pid}/comm"] = (0x81A4, $"task{pid}\n");
        Entries[$"{pid}/maps"] = (0x8124, string.Concat(Enumerable.Range(0, 300).Select(static line => $"{line:x8}-{line:x8} r--p\n")));
        Entries[$"{pid}/exe"] = (Link, "/bin/true");
        Entries[$"{pid}/fd/0"] = (Link, "/dev/null");
        Entries[$"{pid}/fd/12"] = (Link, "pipe:[7]");
        Entries[$"{pid}/net/dev"] = (0x8124, "lo");
        Entries[$"{pid}/task/{pid}/comm"] = (0x81A4, $"task{pid}\n");
    }

    public bool TryStat(string path, out HostAttributes attributes)
    {
        bool isEntry = Entries.TryGetValue(path, out (uint Mode, string Text) entry);
        bool isOfProcess = uint.TryParse(path.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint pid) && path[0] != '0';
        uint uid = isOfProcess ? pid : 0;
        bool isKnown = isOfProcess && pid != Self ? isProcess((int)pid) && (isEntry || !path.Contains('/') || NamesIn(path).Any())
            : isEntry || NamesIn(path).Any();
        attributes = new HostAttributes(isEntry ? entry.Mode : Directory, uid, uid == 0 ? 0 : uid + 1, 0);
        return isKnown;
    }

    public int Open(string path, Caller opener, out IHostFile? file)
    {
        LastReader = opener;
        file = Error == 0 ? new OpenFile(this, Encoding.UTF8.GetBytes(Entries[path].Text)) : null;
        if (Error == 0)
            Opened++;
        return Error;
    }

    public int ReadLink(string path, Caller? reader, out byte[] target)
    {
        LastReader = reader;
        target = Encoding.UTF8.GetBytes(Entries[path].Text);
        return Error;
    }

    public int List(string path, Caller? reader, List<string> names)
    {
        names.AddRange(NamesIn(path));
        return 0;
    }

    private IEnumerable<string> NamesIn(string directory)
    {
        string prefix = directory.Length == 0 ? "" : directory + "/";
        return Entries.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(path => path[prefix.Length..].Split('/')[0]).Distinct();
    }

    private sealed class OpenFile(TestHost host, byte[] text) : IHostFile
    {
        public int Read(long offset, Span<byte> destination)
        {
            int length = Math.Clamp((int)(text.Length - offset), 0, destination.Length);
            text.AsSpan((int)Math.Min(offset, text.Length), length).CopyTo(destination);
            return length;
        }

        public void Dispose() => host.Opened--;
    }
}
