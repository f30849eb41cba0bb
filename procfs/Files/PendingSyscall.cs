using KernelModel;
using KernelModel.Mapping;
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
    Machine machine, TaskId task, string line, int length, IProcCall caller, Action<SyscallRecord?> done) : IPurgeWaiter, IFaultWaiter
{
    private readonly Lock _lock = new();
    private Answer _obstacle; // _lock; what it waits for
    private bool _cancelled; // _lock

    /// <summary>Makes the call, or waits for what is in its way. One thread at a time: it is woken once for each time that it waits.</summary>
    public void Run()
    {
        bool waits = false;
        while (!waits && !IsCancelled)
        {
            Answer answer = machine.Syscall(task, line, out SyscallRecord? record);
            if (answer.Outcome == Outcome.Done)
            {
                done(record);
                if (caller.TryClaim())
                    caller.Complete(answer.Result.Value < 0 ? (int)answer.Result.Value : length);
                return;
            }

            waits = TryBegin(answer);
        }
    }

    /// <inheritdoc cref="IFaultWaiter.Wake"/>
    public void Wake() => caller.Queue(Run);

    /// <summary>The caller has gone. Does not wait for a call that is being made.</summary>
    public void Cancel()
    {
        Answer obstacle;
        lock (_lock)
        {
            _cancelled = true;
            obstacle = _obstacle;
        }

        obstacle.Purge?.End(this);
        obstacle.Fault?.End();
    }

    private bool IsCancelled
    {
        get
        {
            lock (_lock)
                return _cancelled;
        }
    }

    // False when nothing is in the way any more, or nobody waits.
    private bool TryBegin(in Answer answer)
    {
        lock (_lock)
        {
            if (_cancelled)
                return false;
            _obstacle = answer;
        }

        return answer.Fault is { } fault ? fault.Begin(this) : answer.Purge!.Begin(this);
    }
}
