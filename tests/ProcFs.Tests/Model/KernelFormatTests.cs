using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Views;
using ProcFs.Text;

namespace ProcFs.Tests.Model;

/// <summary>The format is the running kernel's: given the values that it prints of this process, the same bytes come out.</summary>
public sealed partial class KernelFormatTests
{
    // What a machine of the model has none of, and a kernel may have.
    private static readonly string[] s_always0 = ["KSM", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "THPeligible"];

    [Fact]
    public void Maps()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            ProcText text = new();
            text.AddMaps(AreaOf(line));
            Assert.Equal(line + "\n", Written(text));
        }
    }

    [Fact]
    public void Smaps()
    {
        string[] areas = Header().Split(File.ReadAllText("/proc/self/smaps"));
        Assert.True(areas.Length > 10);
        foreach (string kernel in areas.Where(area => area.Length > 0))
        {
            string[] lines = kernel.Split('\n');
            AreaView area = AreaOf(lines[0]) with { Usage = UsageOf(kernel) };
            ProcText text = new();
            text.AddSmaps(area with { Flags = area.Flags | FlagsOf(lines.First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal))) });
            Assert.Equal(Comparable(kernel), Comparable(KnownTo(kernel, Written(text))));
        }
    }

    [Fact]
    public void Smaps_rollup()
    {
        string kernel = File.ReadAllText("/proc/self/smaps_rollup");
        AreaView area = AreaOf(kernel.Split('\n')[0]);
        ProcText text = new();
        text.AddRollup(area.Start, area.End, UsageOf(kernel));
        Assert.Equal(Comparable(kernel), Comparable(KnownTo(kernel, Written(text))));
    }

    [Fact]
    public void Status()
    {
        string[] kernel = File.ReadAllLines("/proc/self/status");
        ProcText text = new();
        text.AddStatus(TaskOf(kernel));
        string[] ours = Written(text).Split('\n');
        HashSet<string> keys = [.. kernel.Select(KeyOf)];
        Assert.Equal(
            kernel.Select(KeyOf).Where(key => !key.StartsWith("x86_", StringComparison.Ordinal)), ours.Select(KeyOf).Where(keys.Contains));

        string[] same =
        [
            "Name", "Umask", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "Groups", "NStgid", "NSpid", "Kthread",
            "VmPeak", "VmSize", "VmLck", "VmPin", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData", "VmStk", "VmPTE", "VmSwap", "HugetlbPages",
            "CoreDumping", "untag_mask", "ShdPnd", "CapInh", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp",
        ];
        foreach (string line in kernel.Where(line => same.Contains(KeyOf(line))))
            Assert.Contains(line, ours);
    }

    [Fact]
    public void Stat()
    {
        string kernel = File.ReadAllText("/proc/self/stat");
        string[] theirs = kernel[(kernel.LastIndexOf(')') + 2)..].Split(' ');
        ProcText text = new();
        TaskView task = TaskOf(File.ReadAllLines("/proc/self/status"));
        text.AddStat(task, mayInspect: true);
        string[] ours = Written(text)[(Written(text).LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal(theirs.Length, ours.Length);
        Assert.StartsWith(kernel[..kernel.LastIndexOf(')')], Written(text), StringComparison.Ordinal);
        Assert.Equal(theirs[1], ours[1]);                  // ppid
        Assert.Equal(theirs[15..17], ours[15..17]);        // prio, nice
        Assert.Equal(theirs[18], ours[18]);
        Assert.True(ulong.Parse(theirs[20], CultureInfo.InvariantCulture) % 4096 == 0);
        Assert.Equal($"{task.Memory!.TotalVm * 4096}", ours[20]);
        Assert.Equal(theirs[22], ours[22]);                // no limit of what is resident
        Assert.Equal(theirs[35], ours[35]);                // exit_signal
        Assert.Equal("0\n", ours[^1]);
    }

    [Fact]
    public void Limits()
    {
        ProcText text = new();
        text.AddLimits(Rlimits.Default);
        string[] kernel = File.ReadAllLines("/proc/self/limits");
        string[] ours = Written(text).TrimEnd('\n').Split('\n');
        Assert.Equal(kernel[0], ours[0]);
        Assert.Equal(kernel.Select(Shape), ours.Select(Shape));

        // The name, where the columns begin, and the unit with what follows it.
        static string Shape(string line) => $"{line[..26]}{(line[46], line[67])}{line[68..]}";
    }

    [Theory]
    [InlineData("io")]
    [InlineData("cgroup")]
    [InlineData("oom_score_adj")]
    public void Small_files_have_the_kernel_s_lines(string file)
    {
        string ours = new ModelFixture().Read(file);
        string kernel = File.ReadAllText($"/proc/self/{file}");
        Assert.Equal(Shape(ours.Split('\n')[^2]), Shape(kernel.Split('\n')[^2]));
        Assert.True(file != "io" || ours.Count('\n') == kernel.Count('\n'));

        static string Shape(string line) => Regex.Replace(line.Split("::/")[0], "-?[0-9]+", "N");
    }

    private static string Written(ProcText text) => Encoding.UTF8.GetString(text.Written.Span);

    private static string KeyOf(string line) => line.Split(':')[0];

    private static AreaView AreaOf(string line)
    {
        Match match = MapsLine().Match(line);
        Assert.True(match.Success, line);
        string permissions = match.Groups[3].Value;
        VmFlags flags = (permissions[0] == 'r' ? VmFlags.Read : 0) | (permissions[1] == 'w' ? VmFlags.Write : 0)
            | (permissions[2] == 'x' ? VmFlags.Exec : 0) | (permissions[3] == 's' ? VmFlags.MayShare : 0);
        string name = match.Groups[9].Value;
        ulong inode = ulong.Parse(match.Groups[7].Value, CultureInfo.InvariantCulture);
        return new AreaView(Hex(1), Hex(2), flags, Hex(4), (uint)Hex(5), (uint)Hex(6), inode, name.Length == 0 ? null : name, default);

        ulong Hex(int group) => ulong.Parse(match.Groups[group].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static VmaUsage UsageOf(string area)
    {
        return new VmaUsage
        {
            Rss = Kilobytes("Rss") << 10,
            PssFixed = Kilobytes("Pss") << 22,
            PssDirtyFixed = Kilobytes("Pss_Dirty") << 22,
            PssAnonFixed = Kilobytes("Pss_Anon") << 22,
            PssFileFixed = Kilobytes("Pss_File") << 22,
            PssShmemFixed = Kilobytes("Pss_Shmem") << 22,
            SharedClean = Kilobytes("Shared_Clean") << 10,
            SharedDirty = Kilobytes("Shared_Dirty") << 10,
            PrivateClean = Kilobytes("Private_Clean") << 10,
            PrivateDirty = Kilobytes("Private_Dirty") << 10,
            Referenced = Kilobytes("Referenced") << 10,
            Anonymous = Kilobytes("Anonymous") << 10,
            LazyFree = Kilobytes("LazyFree") << 10,
            Swap = Kilobytes("Swap") << 10,
            SwapPssFixed = Kilobytes("SwapPss") << 22,
            LockedFixed = Kilobytes("Locked") << 22,
            SharedHugetlb = Kilobytes("Shared_Hugetlb") << 10,
            PrivateHugetlb = Kilobytes("Private_Hugetlb") << 10,
        };

        long Kilobytes(string key) => Number(area.Split('\n'), key);
    }

    private static VmFlags FlagsOf(string line)
        => line[8..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(code => (VmFlags)(1UL << Bit(code)))
            .Aggregate(VmFlags.None, (all, flag) => all | flag);

    private static int Bit(string code)
    {
        for (int bit = 0; bit < VmFlagsText.Codes.Count; bit++)
        {
            if (VmFlagsText.Codes[bit] == code)
                return bit;
        }

        return 63; // a flag that the model does not know, as ??
    }

    private static TaskView TaskOf(string[] status)
    {
        return new TaskView
        {
            Pid = (int)Number(status, "Pid"),
            ParentPid = (int)Number(status, "PPid"),
            Program = Text(status, "Name"),
            Credentials = new Credentials(Ids("Uid")[0], Ids("Gid")[0], Convert.ToUInt64(Text(status, "CapEff"), 16)) { Groups = Ids("Groups") },
            Limits = Rlimits.Default,
            Memory = new MemoryView
            {
                PeakVm = Pages("VmPeak"),
                TotalVm = Pages("VmSize"),
                LockedVm = Pages("VmLck"),
                PinnedVm = Pages("VmPin"),
                PeakRss = Pages("VmHWM"),
                AnonRss = Pages("RssAnon"),
                FileRss = Pages("RssFile"),
                ShmemRss = Pages("RssShmem"),
                DataVm = Pages("VmData"),
                StackVm = Pages("VmStk"),
                ExecVm = Pages("VmLib"),
                PageTables = Pages("VmPTE"),
                Swap = Pages("VmSwap"),
                Hugetlb = Pages("HugetlbPages"),
                HeapStart = 0,
            },
            StartTime = 0,
            MinorFaults = 0,
            MajorFaults = 0,
            ExitCode = 0,
            OomScoreAdjust = 0,
            MachinePages = 1000,
        };

        long Pages(string key) => Number(status, key) / 4;
        uint[] Ids(string key)
            => [.. Text(status, key).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Select(id => uint.Parse(id, CultureInfo.InvariantCulture))];
    }

    private static string Text(string[] lines, string key) => lines.FirstOrDefault(line => KeyOf(line) == key)?[(key.Length + 1)..].Trim() ?? "0";

    private static long Number(string[] lines, string key)
        => long.Parse(Text(lines, key).Replace(" kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    // An older kernel has fewer lines.
    private static string KnownTo(string kernel, string ours)
    {
        HashSet<string> keys = [.. kernel.Split('\n').Select(KeyOf)];
        return string.Join('\n', ours.Split('\n').Where(line => keys.Contains(KeyOf(line))));
    }

    // Without what only one of the two has.
    private static string[] Comparable(string area)
        => [.. area.Split('\n')
            .Where(line => KeyOf(line) is not "ProtectionKey")
            .Select(line => s_always0.Contains(KeyOf(line)) ? Regex.Replace(line, " *[0-9]+", match => "0".PadLeft(match.Length)) : line)
            .Select(line => line.StartsWith("VmFlags:", StringComparison.Ordinal) ? string.Join(' ', line.Split(' ').Where(IsKnown)) : line)];

    private static bool IsKnown(string word) => word is "VmFlags:" or "" || (word != "??" && VmFlagsText.Codes.Contains(word));

    [GeneratedRegex(@"^(?=[0-9a-f]+-[0-9a-f]+ )", RegexOptions.Multiline)]
    private static partial Regex Header();

    [GeneratedRegex(@"^([0-9a-f]+)-([0-9a-f]+) (....) ([0-9a-f]+) ([0-9a-f]+):([0-9a-f]+) (\d+) ( *(.*))$")]
    private static partial Regex MapsLine();
}
