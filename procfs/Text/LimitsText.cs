using KernelModel.Tasks;

namespace ProcFs.Text;

/// <summary>
/// /proc/PID/limits (linux: fs/proc/base.c, proc_pid_limits). Those that the model does not hold a task to are what a kernel boots
/// with (asm-generic/resource.h); a hard limit is none, as the task may raise the soft one.
/// </summary>
internal static class LimitsText
{
    public static void AddLimits(this ProcText text, Rlimits limits)
    {
        text.AddRow("Limit", "Soft Limit", "Hard Limit", "Units");
        text.AddLimit("Max cpu time", Rlimits.Infinity, "seconds");
        text.AddLimit("Max file size", Rlimits.Infinity, "bytes");
        text.AddLimit("Max data size", limits.Data, "bytes");
        text.AddLimit("Max stack size", limits.Stack, "bytes");
        text.AddLimit("Max core file size", 0, "bytes");
        text.AddLimit("Max resident set", Rlimits.Infinity, "bytes");
        text.AddLimit("Max processes", limits.Tasks, "processes");
        text.AddLimit("Max open files", 1024, "files");
        text.AddLimit("Max locked memory", limits.MemLock, "bytes");
        text.AddLimit("Max address space", limits.AddressSpace, "bytes");
        text.AddLimit("Max file locks", Rlimits.Infinity, "locks");
        text.AddLimit("Max pending signals", Rlimits.Infinity, "signals");
        text.AddLimit("Max msgqueue size", 819200, "bytes");
        text.AddLimit("Max nice priority", 0, "");
        text.AddLimit("Max realtime priority", 0, "");
        text.AddLimit("Max realtime timeout", Rlimits.Infinity, "us");
    }

    private static void AddLimit(this ProcText text, string name, ulong soft, string unit)
    {
        text.Add($"{name,-25} ");
        if (soft == Rlimits.Infinity)
            text.Add($"{"unlimited",-20} ");
        else
            text.Add($"{soft,-20} ");
        text.Add($"{"unlimited",-20} ");
        if (unit.Length > 0)
            text.Add($"{unit,-10}");
        text.EndLine();
    }

    private static void AddRow(this ProcText text, string name, string soft, string hard, string unit)
        => text.Add($"{name,-25} {soft,-20} {hard,-20} {unit,-10}\n");
}
