using System.Text;
using KernelModel.Tasks;

namespace KernelModel.Views;

/// <summary>A task at one moment, as the files of its directory show it.</summary>
public sealed record TaskView
{
    /// <summary>Its pid.</summary>
    public required int Pid { get; init; }

    /// <summary>The pid of its parent, 0 without one.</summary>
    public required int ParentPid { get; init; }

    /// <summary>What it executes: the path that exec was given, or the name it was made with.</summary>
    public required string Program { get; init; }

    /// <summary>Who it is.</summary>
    public required Credentials Credentials { get; init; }

    /// <summary>Its limits.</summary>
    public required Rlimits Limits { get; init; }

    /// <summary>Its memory, or null for a zombie.</summary>
    public required MemoryView? Memory { get; init; }

    /// <summary>When it was made, in ticks since the machine booted.</summary>
    public required long StartTime { get; init; }

    /// <summary>Minor faults.</summary>
    public required long MinorFaults { get; init; }

    /// <summary>Major faults.</summary>
    public required long MajorFaults { get; init; }

    /// <summary>The code of exit(2).</summary>
    public required int ExitCode { get; init; }

    /// <summary>oom_score_adj, from -1000 to 1000.</summary>
    public required int OomScoreAdjust { get; init; }

    /// <summary>Pages of memory and of swap that the machine has.</summary>
    public required long MachinePages { get; init; }

    /// <summary>Whether it has ended and its parent has not collected it.</summary>
    public bool IsZombie => Memory is null;

    /// <summary>Its name: what the path ends with, 15 bytes of it (linux: TASK_COMM_LEN).</summary>
    public byte[] GetComm()
    {
        const int Longest = 15;
        byte[] name = Encoding.UTF8.GetBytes(Program[(Program.LastIndexOf('/') + 1)..]);
        return name.Length > Longest ? name[..Longest] : name;
    }
}
