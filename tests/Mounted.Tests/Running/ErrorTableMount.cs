namespace Mounted.Tests.Running;

/// <summary>One mount for the whole error table: a file of each kind, and a range that was purged beside one that was not.</summary>
public sealed class ErrorTableMount : IDisposable
{
    private const int Pages = 8;

    private readonly Dictionary<string, string> _names = [];

    public ErrorTableMount()
    {
        Mount = Mount.Start(deadlineSeconds: 100);
        Root = Mount.NewAgent();
        Nobody = Mount.NewAgent("nobody");
        foreach (string file in (string[])["file", "closed", "private", "readable"])
            File.WriteAllBytes(Mount[file], new byte[Pages * Agent.PageSize]);
        File.SetUnixFileMode(Mount["private"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Mount["dir"]);
        Directory.CreateDirectory(Mount["secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Mount["secret/file"], "");
        Command.Run("mkfifo", Mount["fifo"]).Succeeded();
        Command.Run("mknod", Mount["null"], "c", "1", "3").Succeeded();
        File.CreateSymbolicLink(Mount["loop"], "loop");
        File.CreateSymbolicLink(Mount["inproc"], "proc");
        File.CreateSymbolicLink(Mount["away"], "/etc/passwd");

        int file1 = Root.Open(Mount["file"]);
        int outside = Root.Open(Path.Combine(Mount.Outside, "outside"));
        Root.Truncate(outside, Pages);
        Name("file", file1);
        Name("readonly", Root.Open(Mount["file"], Agent.O_RDONLY));
        Name("pathonly", Root.Open(Mount["file"], Agent.O_PATH));
        Name("dir", Root.Open(Mount["dir"], Agent.O_RDONLY));
        Name("fifo", Root.Open(Mount["fifo"], Agent.O_RDWR));
        Name("null", Root.Open(Mount["null"], Agent.O_RDWR));
        Name("private", Root.Open(Mount["private"], Agent.O_RDWR));
        Name("proc", Root.Open(Mount.Proc("fvrange"), Agent.O_RDWR));
        Name("outside", outside);
        Name("map", Root.Map(file1, 0, Pages));
        Name("outsidemap", Root.Map(outside, 0, Pages));
        ulong hole = Root.Map(file1, 0, Pages);
        Root.Unmap(hole + (Pages / 2 * Agent.PageSize), Pages / 2);
        Name("halfmap", hole);
        Name("nobodysmap", Nobody.Map(Nobody.Open(Mount["readable"], Agent.O_RDONLY), 0, Pages, shared: false));

        Root.Write(file1, 0, Pages, 0x11);
        Root.Mark(file1, 0, 4);
        Assert.Equal(4, Mount.Discard("all"));
        Root.Mark(file1, 4, 4);
        Marked = file1;
    }

    /// <summary>The file with ranges: pages 0 to 3 purged, 4 to 7 volatile.</summary>
    internal int Marked { get; }

    internal Mount Mount { get; }

    internal Agent Root { get; }

    internal Agent Nobody { get; }

    /// <summary>
    /// One call through one interface. <c>{name}</c> stands for a descriptor or an address, <c>{name+1}</c> for the byte
    /// behind that; a call that starts with <c>nobody</c> is his.
    /// </summary>
    internal int Call(string way, string call)
    {
        Agent agent = Root;
        if (call.StartsWith("nobody ", StringComparison.Ordinal))
            (agent, call) = (Nobody, call["nobody ".Length..]);
        foreach ((string name, string value) in _names)
            call = call.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        string answer = way switch
        {
            "ioctl" => agent.Say($"fvrange {call}"),
            "xattr" => agent.Say(Xattr(call)),
            _ => agent.Ask(Mount.Proc("fvrange"), call),
        };
        return int.Parse(answer.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => Mount.Dispose();

    private void Name(string name, int descriptor) => _names.Add(name, $"{descriptor}");

    private void Name(string name, ulong address)
    {
        _names.Add(name, $"0x{address:x}");
        _names.Add($"{name}+1", $"0x{address + 1:x}");
    }

    // "PATH VALUE", as in a line of proc/fvrange.
    private string Xattr(string call)
    {
        int blank = call.IndexOf(' ', StringComparison.Ordinal);
        return $"setxattr {Mount.Root}{call[..blank]} user.vrange {call[(blank + 1)..]}";
    }
}
