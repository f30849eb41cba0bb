using KernelModel.Mapping;
using KernelModel.Tasks;
using KernelModel.Views;

namespace ProcFs.Text;

/// <summary>The small files of a task that speak in numbers (linux: fs/proc/array.c, fs/proc/base.c).</summary>
internal static class StatText
{
    private const int SIGCHLD = 17;

    /// <summary>stat (do_task_stat): 52 fields. Addresses, what it waits in and its exit code are for who may look into it.</summary>
    public static void AddStat(this ProcText text, TaskView task, bool mayInspect)
    {
        long hidden = task.IsZombie || mayInspect ? 0 : 1;
        ulong size = (ulong)(task.Memory?.TotalVm ?? 0) << PageSize.Shift;
        text.Add($"{task.Pid} (").Add(task.GetComm()).Add($") {(task.IsZombie ? 'Z' : 'S')} {task.ParentPid} 0 0 0 -1 0 ");
        text.Add($"{task.MinorFaults} 0 {task.MajorFaults} 0 0 0 0 0 20 0 1 0 {task.StartTime} ");
        text.Add($"{size} {task.Memory?.Rss ?? 0} {Rlimits.Infinity} {hidden} {hidden} 0 0 0 0 0 0 0 ");
        text.Add($"{(mayInspect ? 1 : 0)} 0 0 {SIGCHLD} 0 0 0 0 0 0 ");
        text.Add($"0 0 {(mayInspect ? task.Memory?.HeapStart ?? 0 : 0)} 0 0 0 0 {(mayInspect ? (task.ExitCode & 0xff) << 8 : 0)}\n");
    }

    /// <summary>statm (proc_pid_statm).</summary>
    public static void AddStatm(this ProcText text, TaskView task)
    {
        if (task.Memory is { } memory)
            text.Add($"{memory.TotalVm} {memory.Rss} {memory.FileRss + memory.ShmemRss} 0 0 {memory.DataVm + memory.StackVm} 0\n");
        else
            text.Add("0 0 0 0 0 0 0\n");
    }

    /// <summary>cmdline: what was executed, and nothing for a zombie (get_mm_cmdline).</summary>
    public static void AddCommandLine(this ProcText text, TaskView task)
    {
        if (!task.IsZombie)
            text.Add(task.Program).Add("\0");
    }

    /// <summary>comm.</summary>
    public static void AddComm(this ProcText text, TaskView task) => text.Add(task.GetComm()).EndLine();

    /// <summary>oom_score (proc_oom_score, mm/oom_kill.c: oom_badness).</summary>
    public static void AddOomScore(this ProcText text, TaskView task)
    {
        const int Never = -1000;
        long score = 0;
        if (task.Memory is { } memory && task.OomScoreAdjust != Never)
        {
            long points = memory.Rss + memory.Swap + memory.PageTables + (task.OomScoreAdjust * (task.MachinePages / 1000));
            score = (1000 + (points * 1000 / task.MachinePages)) * 2 / 3;
        }

        text.Add(score).EndLine();
    }
}
