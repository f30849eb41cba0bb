using System.Globalization;
using System.Text.RegularExpressions;

namespace ProcFs.Tests.Model;

/// <summary>What the files say of one task agrees, whatever calls it has made.</summary>
public sealed partial class SumTests
{
    private const int Base = 0x100000;
    private const int Pages = 64;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_files_agree_after_random_calls(int seed)
    {
        for (int script = 0; script < 10; script++)
            RunScript(new Random((seed * 10) + script));
    }

    private static void RunScript(Random random)
    {
        ModelFixture task = new(swapPages: 64, machinePages: 256);
        task.Mount.AddFile("/f", Pages);
        List<int> children = [];
        List<string> calls = [];
        for (int i = 0; i < 40; i++)
        {
            string call = NextCall(random);
            calls.Add(call);
            if (call == "fork")
                children.Add(task.MakeChild());
            else if (call == "reclaim")
                TestMount.Write(task.Open("reclaim"), "all");
            else
                task.Call(call);
            if (i % 5 == 4)
            {
                Check(task, ModelFixture.Pid, calls);
                children.ForEach(child => Check(task, child, calls));
            }
        }
    }

    private static string NextCall(Random random)
    {
        int first = random.Next(Pages);
        int count = random.Next(1, 17);
        string range = $"{Base + (first * 4096)} {count * 4096}";
        return random.Next(16) switch
        {
            0 or 1 or 2 => $"mmap {range} {Pick("rw", "rw", "r", "rx")} private anon fixed{Pick("", "", " populate", " locked")}",
            3 => $"mmap {range} rw shared anon fixed",
            4 => $"mmap {range} {Pick("rw", "r")} {Pick("shared", "private")} file:/f fixed",
            5 or 6 => $"touch {range} w",
            7 => $"touch {range} r",
            8 => $"munmap {range}",
            9 => $"mprotect {range} {Pick("r", "rw")}",
            10 => $"{Pick("mlock", "munlock", "mpin", "munpin")} {range}",
            11 => $"madvise {range} {Pick("dontneed", "free", "pageout", "cold", "guardinstall", "dontfork")}",
            12 => $"vrange {range} {Pick("volatile", "volatile", "nonvolatile")}",
            13 => $"mvrange {range} {Pick("volatile", "nonvolatile")}",
            14 => Pick("reclaim", "reclaim", "brk 0x555556004000", "brk 0x555556000000", "munlockall"),
            _ => random.Next(3) == 0 ? "fork" : $"mremap {range} {count * 8192} maymove",
        };

        string Pick(params string[] choices) => choices[random.Next(choices.Length)];
    }

    private static void Check(ModelFixture task, int pid, List<string> calls)
    {
        string script = string.Join('\n', calls);
        Dictionary<string, long>[] areas = [.. Areas(task.Read("smaps", pid))];
        foreach (Dictionary<string, long> area in areas)
        {
            long parts = area["Shared_Clean"] + area["Shared_Dirty"] + area["Private_Clean"] + area["Private_Dirty"];
            Assert.True(area["Rss"] == parts, script);
            Assert.True(area["Pss"] <= area["Rss"] && area["Anonymous"] <= area["Rss"] && area["Rss"] <= area["Size"], script);
            Assert.True(area["SwapPss"] <= area["Swap"] && area["Volatile"] <= area["Size"] && area["Purged"] <= area["Size"], script);
            Assert.True(area["Locked"] == (area["lo"] != 0 ? area["Pss"] : 0), script);
        }

        long size = areas.Sum(area => area["Size"]);
        string[] statm = task.Read("statm", pid).Split(' ');
        string stat = task.Read("stat", pid);
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        Assert.True(size == Status("VmSize") && size == Kilobytes(statm[0]), script);
        Assert.True(size == long.Parse(fields[20], CultureInfo.InvariantCulture) / 1024, script);
        long resident = Status("RssAnon") + Status("RssFile") + Status("RssShmem");
        Assert.True(resident == Status("VmRSS") && resident == Rollup("Rss") && resident == areas.Sum(area => area["Rss"]), script);
        Assert.True(resident == Kilobytes(statm[1]) && resident == Kilobytes(fields[21]) && Status("VmHWM") >= resident, script);
        Assert.True(Status("RssFile") + Status("RssShmem") == Kilobytes(statm[2]), script);
        Assert.True(Status("VmLck") == areas.Where(area => area["lo"] != 0 && area["pi"] == 0).Sum(area => area["Size"]), script);
        Assert.True(Status("VmPin") == areas.Where(area => area["pi"] != 0).Sum(area => area["Size"]), script);
        foreach (string key in (ReadOnlySpan<string>)["Shared_Clean", "Private_Dirty", "Anonymous", "LazyFree", "Swap", "Volatile", "Purged"])
            Assert.True(Rollup(key) == areas.Sum(area => area[key]), $"{key}\n{script}");

        long Status(string key) => task.Number("status", key, pid);
        long Rollup(string key) => task.Number("smaps_rollup", key, pid);
        static long Kilobytes(string pages) => long.Parse(pages, CultureInfo.InvariantCulture) * 4;
    }

    private static IEnumerable<Dictionary<string, long>> Areas(string smaps)
    {
        foreach (string area in Header().Split(smaps).Where(part => part.Length > 0))
        {
            Dictionary<string, long> numbers = Line().Matches(area)
                .ToDictionary(match => match.Groups[1].Value, match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
            string flags = area[area.IndexOf("VmFlags:", StringComparison.Ordinal)..];
            numbers["lo"] = flags.Contains(" lo ", StringComparison.Ordinal) ? 1 : 0;
            numbers["pi"] = flags.Contains(" pi ", StringComparison.Ordinal) ? 1 : 0;
            yield return numbers;
        }
    }

    [GeneratedRegex(@"^[0-9a-f]+-[0-9a-f]+ .*\n", RegexOptions.Multiline)]
    private static partial Regex Header();

    [GeneratedRegex(@"^(\w+): +(\d+)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
