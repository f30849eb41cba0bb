using System.Diagnostics;
using KernelModel;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// A call of a task that is made when nothing is in its way any more, and holds no thread until then. Who gives it up loses no
/// report: what the call has done, once it is done, is the task's last call.
/// </summary>
/// <param name="machine">The task's machine.</param>
/// <param name="task">The task.</param>
/// <param name="line">The call.</param>
/// <param name="length">What a write that succeeds answers.</param>
/// <param name="caller">Who waits.</param>
/// <param name="done">Hears of the call before he does.</param>
internal sealed class PendingSyscall(
    Machine machine, TaskId task, string line, int length, IProcWrite caller, Action<SyscallRecord?> done) : IPurgeWaiter
{
    private PurgeWait? _purge; // Volatile
    private volatile bool _cancelled;

    /// <summary>Makes the call, or waits for what is in its way. One thread at a time: it is woken once for each time that it waits.</summary>
    public void Run()
    {
        while (!_cancelled)
        {
            Answer answer = machine.Syscall(task, line, out SyscallRecord? record);
            Debug.Assert(answer.Outcome != Outcome.WaitsForFault, "Nobody listens for faults.");
            if (answer.Outcome == Outcome.Done)
            {
                done(record);
                if (caller.TryClaim())
                    caller.Complete(answer.Result.Value < 0 ? (int)answer.Result.Value : length);
                return;
            }

            Volatile.Write(ref _purge, answer.Purge);
            if (answer.Purge!.Begin(this))
                return;
        }
    }

    /// <inheritdoc/>
    public void Wake() => caller.Queue(Run);

    /// <summary>The caller has gone. Does not wait for a call that is being made.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Volatile.Read(ref _purge)?.End(this);
    }
}
