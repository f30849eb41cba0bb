using KernelModel.Mapping;
using KernelModel.Tasks;
using KernelModel.Views;

namespace ProcFs.Text;

/// <summary>
/// /proc/PID/status (linux: fs/proc/array.c, proc_pid_status). A machine of the model has one CPU, no signals, sessions, threads
/// or filters of calls: their lines are there, and empty.
/// </summary>
internal static class StatusText
{
    // fs/file.c: NR_OPEN_DEFAULT, the room of a table that nothing was put in.
    private const int DescriptorRoom = 64;

    public static void AddStatus(this ProcText text, TaskView task)
    {
        Credentials who = task.Credentials;
        text.Add("Name:\t").AddName(task).EndLine();
        if (!task.IsZombie)
            text.Add("Umask:\t0022\n");
        text.Add(task.IsZombie ? "State:\tZ (zombie)\n" : "State:\tS (sleeping)\n");
        text.Add($"Tgid:\t{task.Pid}\nNgid:\t0\nPid:\t{task.Pid}\nPPid:\t{task.ParentPid}\nTracerPid:\t0\n");
        text.Add($"Uid:\t{who.Uid}\t{who.Uid}\t{who.Uid}\t{who.Uid}\n");
        text.Add($"Gid:\t{who.Gid}\t{who.Gid}\t{who.Gid}\t{who.Gid}\n");
        text.Add($"FDSize:\t{(task.IsZombie ? 0 : DescriptorRoom)}\nGroups:\t");
        for (int i = 0; i < who.Groups.Count; i++)
            text.Add(i == 0 ? "" : " ").Add(who.Groups[i]);
        text.Add($" \nNStgid:\t{task.Pid}\nNSpid:\t{task.Pid}\nNSpgid:\t0\nNSsid:\t0\nKthread:\t0\n");
        if (task.Memory is { } memory)
            text.AddMemory(memory);
        text.Add($"Threads:\t1\nSigQ:\t0/{Rlimits.Infinity}\n");
        foreach (string set in (ReadOnlySpan<string>)["SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh"])
            text.AddMask(set, 0);
        text.AddMask("CapPrm", who.EffectiveCapabilities);
        text.AddMask("CapEff", who.EffectiveCapabilities);
        text.AddMask("CapBnd", Credentials.AllCapabilities);
        text.AddMask("CapAmb", 0);
        text.Add("NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n");
        text.Add("Speculation_Store_Bypass:\tnot vulnerable\nSpeculationIndirectBranch:\tnot affected\n");
        text.Add("Cpus_allowed:\t1\nCpus_allowed_list:\t0\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
        text.Add("voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
    }

    // fs/proc/task_mmu.c: task_mem
    private static void AddMemory(this ProcText text, MemoryView memory)
    {
        text.AddPages("VmPeak", memory.PeakVm);
        text.AddPages("VmSize", memory.TotalVm);
        text.AddPages("VmLck", memory.LockedVm);
        text.AddPages("VmPin", memory.PinnedVm);
        text.AddPages("VmHWM", memory.PeakRss);
        text.AddPages("VmRSS", memory.Rss);
        text.AddPages("RssAnon", memory.AnonRss);
        text.AddPages("RssFile", memory.FileRss);
        text.AddPages("RssShmem", memory.ShmemRss);
        text.AddPages("VmData", memory.DataVm);
        text.AddPages("VmStk", memory.StackVm);
        text.AddPages("VmExe", 0);
        text.AddPages("VmLib", memory.ExecVm);
        text.AddPages("VmPTE", memory.PageTables);
        text.AddPages("VmSwap", memory.Swap);
        text.AddPages("HugetlbPages", memory.Hugetlb);
        text.Add("CoreDumping:\t0\nTHP_enabled:\t0\nuntag_mask:\t0xffffffffffffffff\n");
    }

    // fs/proc/array.c: proc_task_name, with escapes
    private static ProcText AddName(this ProcText text, TaskView task)
    {
        foreach (byte letter in task.GetComm())
        {
            _ = letter switch
            {
                (byte)'\n' => text.Add("\\n"),
                (byte)'\\' => text.Add("\\\\"),
                _ => text.Add([letter]),
            };
        }

        return text;
    }

    private static void AddPages(this ProcText text, string key, long pages)
        => text.Add($"{key}:\t{pages << (PageSize.Shift - 10),8} kB\n");

    private static void AddMask(this ProcText text, string key, ulong mask) => text.Add($"{key}:\t{mask:x16}\n");
}
