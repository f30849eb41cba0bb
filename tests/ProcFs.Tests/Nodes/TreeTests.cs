using System.Text;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Tests.Nodes;

/// <summary>The tables of nodes: one drives look-up, listing and numbers.</summary>
public sealed class TreeTests
{
    private readonly TestMount _mount = new();

    public TreeTests()
    {
        TestFile file = _mount.AddFile("/f", 1);
        _mount.Processes[50] = [];
        foreach (int pid in new[] { 300, 7, 4194303 })
            _mount.Processes[pid] = [new HostMapping(0x1000, 0x2000, 0, file)];
        _mount.Host.AddProcess(300);
        _mount.Host.Entries["loadavg"] = (0x8124, "0.00\n");
        _mount.Host.Entries["meminfo"] = (0x8124, "the host's\n");
        _mount.Host.Entries["sys/vm/swappiness"] = (0x81A4, "60\n");
        _mount.Host.Entries["sys/kernel/pid_max"] = (0x81A4, "32768\n");
    }

    [Fact]
    public void The_root_lists_fixed_names_then_processes_ascending_and_the_caller()
        => Assert.Equal(
            [
                "fvrange", "meminfo", "mounts", "net", "self", "sys", "slabinfo", "swaps", "thread-self", "vmstat", "vranges",
                "loadavg", "7", "50", "300", "4194303",
            ], Names(_mount.Tree.Root));

    [Fact]
    public void Every_number_is_unique_and_leads_back_to_its_node()
    {
        List<ProcNode> all = [.. Below(_mount.Tree.Root)];
        Assert.Equal(all.Count, all.Select(node => node.Id).Distinct().Count());
        Assert.All(all, node =>
        {
            ProcNode? found = _mount.Tree.Find(node.Id);
            Assert.NotNull(found);
            Assert.Equal((node.Id, Encoding.UTF8.GetString(node.Name), node.Mode), (found.Id, Encoding.UTF8.GetString(found.Name), found.Mode));
            Assert.Equal(0ul, node.Id >> 61);
        });
        Assert.Equal(ProcIds.Root, _mount.Tree.Root.Id);
        Assert.Null(_mount.Tree.Find(0));
        Assert.Null(_mount.Tree.Find(99));
    }

    [Fact]
    public void Every_directory_is_the_parent_of_what_it_lists_and_finds_it_by_name()
    {
        foreach (ProcDirectory directory in Below(_mount.Tree.Root).OfType<ProcDirectory>().Append(_mount.Tree.Root))
        {
            foreach ((_, ProcNode node) in directory.List(0, TestMount.Owner))
            {
                Assert.Equal(node.Id, directory.Find(node.Name)?.Id);
                if (node is ProcDirectory child)
                    Assert.Equal(directory.Id, child.ParentId);
            }
        }
    }

    [Fact]
    public void Positions_ascend_and_stay_with_their_entry_while_others_come_and_go()
    {
        (ulong Position, string Name)[] before = Positions(_mount.Tree.Root, 0);
        Assert.Equal(before.OrderBy(entry => entry.Position), before);
        _mount.Processes.Remove(7);
        _mount.Processes[200] = _mount.Processes[300];
        foreach ((ulong position, string name) in Positions(_mount.Tree.Root, 0).Where(entry => entry.Name != "200"))
            Assert.Contains((position, name), before);
    }

    [Fact]
    public void A_listing_goes_on_from_any_position()
    {
        foreach (ProcDirectory directory in Below(_mount.Tree.Root).OfType<ProcDirectory>().Append(_mount.Tree.Root))
        {
            (ulong Position, string Name)[] all = Positions(directory, 0);
            for (int i = 0; i < all.Length; i++)
            {
                Assert.Equal(all[i..], Positions(directory, all[i].Position));
                Assert.Equal(all[(i + 1)..], Positions(directory, all[i].Position + 1));
            }
        }
    }

    [Theory]
    [InlineData("7", true)]
    [InlineData("50", true)]
    [InlineData("51", false)]
    [InlineData("007", false)]
    [InlineData("+7", false)]
    [InlineData("7 ", false)]
    [InlineData("7x", false)]
    [InlineData("0", false)]
    [InlineData("-7", false)]
    [InlineData("4294967303", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("", false)]
    [InlineData("nothing", false)]
    public void A_process_is_found_by_its_number_only(string name, bool found)
        => Assert.Equal(found, _mount.Tree.Root.Find(Encoding.UTF8.GetBytes(name)) is not null);

    [Fact]
    public void The_files_of_a_process_belong_to_its_owner_and_go_with_it()
    {
        ProcDirectory process = Assert.IsAssignableFrom<ProcDirectory>(_mount.Node("7"));
        Assert.Equal(["vrange", "reclaim"], Names(process));
        ProcNode vrange = _mount.Node("7/vrange")!;
        ProcNode reclaim = _mount.Node("7/reclaim")!;
        Assert.Equal((0x8124u, 7u, 8u), (vrange.Mode, vrange.Uid, vrange.Gid));   // R40: 0444
        Assert.Equal((0x8080u, 7u, 8u), (reclaim.Mode, reclaim.Uid, reclaim.Gid)); // R30: 0200
        Assert.False(vrange.IsPermanent || process.IsPermanent);

        _mount.Processes.Remove(7);
        Assert.Null(_mount.Tree.Find(vrange.Id));
        Assert.Null(_mount.Tree.Find(process.Id));
        Assert.Empty(Names(process));
        Assert.Null(process.Find("vrange"u8));
    }

    [Fact]
    public void A_number_beyond_the_table_of_a_process_names_nothing()
        => Assert.All(Enumerable.Range(3, 253), entry => Assert.Null(_mount.Tree.Find(ProcIds.OfTask(7, entry))));

    [Fact]
    public void Modes_of_the_fixed_files()
    {
        Assert.Equal(0x8124u, _mount.Node("meminfo")!.Mode);
        Assert.Equal(0x8124u, _mount.Node("vranges")!.Mode);
        Assert.Equal(0x81B6u, _mount.Node("fvrange")!.Mode);
        Assert.Equal(0x81A4u, _mount.Node("sys/vm/discard_vranges")!.Mode); // R16: 0644
        Assert.Equal(0x416Du, _mount.Node("sys/vm")!.Mode);
        Assert.Equal(0x416Du, _mount.Node("7")!.Mode);
    }

    [Fact]
    public void Self_is_the_process_that_asks()
    {
        ProcSymlink self = Assert.IsAssignableFrom<ProcSymlink>(_mount.Node("self"));
        Assert.Equal("50", Target(self, TestMount.Owner));
        Assert.Equal(-Errno.ENOENT, self.Read(TestMount.Owner with { ProcessId = 0 }, out _));
    }

    [Theory]
    [InlineData("thread-self", "50/task/51")]
    [InlineData("mounts", "self/mounts")]
    [InlineData("net", "self/net")]
    public void Links_of_the_root(string name, string target)
        => Assert.Equal(
            target, Target(Assert.IsAssignableFrom<ProcSymlink>(_mount.Node(name)), TestMount.Owner with { ThreadId = 51 }));

    [Fact]
    public void A_task_of_the_model_has_one_thread_with_the_files_of_the_task()
    {
        const int pid = ProcIds.FirstModelPid + 7;
        Assert.Equal(0, _mount.Tree.MakeTask(Encoding.UTF8.GetBytes($"{pid}"), TestMount.Owner, Rlimits.Default, out ProcDirectory? task));
        ProcDirectory threads = Assert.IsAssignableFrom<ProcDirectory>(_mount.Node($"{pid}/task"));
        Assert.Equal([$"{pid}"], Names(threads));
        ProcDirectory thread = Assert.IsAssignableFrom<ProcDirectory>(threads.Find(Encoding.UTF8.GetBytes($"{pid}")));
        Assert.Equal(threads.Id, thread.ParentId);
        Assert.Equal(Names(task!).Where(static name => name != "task"), Names(thread));
        Assert.Null(thread.Find("task"u8));
        Assert.Null(threads.Find("7"u8));
        Assert.All(Below(task!).Prepend(task!), node => Assert.Equal(node.Id, _mount.Tree.Find(node.Id)?.Id));
    }

    private static string Target(ProcSymlink link, Caller reader)
    {
        Assert.Equal(0, link.Read(reader, out byte[] target));
        return Encoding.UTF8.GetString(target);
    }

    private static IEnumerable<ProcNode> Below(ProcDirectory directory)
        => directory.List(0, TestMount.Owner).SelectMany(
            entry => entry.Node is ProcDirectory child ? Below(child).Prepend(child) : [entry.Node]);

    private static string[] Names(ProcDirectory directory) => [.. Positions(directory, 0).Select(entry => entry.Name)];

    private static (ulong Position, string Name)[] Positions(ProcDirectory directory, ulong from)
        => [.. directory.List(from, TestMount.Owner).Select(entry => (entry.Position, Encoding.UTF8.GetString(entry.Node.Name)))];
}
