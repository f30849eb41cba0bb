using ProcFs.Nodes;

namespace ProcFs.Tests;

/// <summary>A write to a file of proc that may have to wait.</summary>
internal sealed class TestWrite(int thread, long offset = 0) : IProcWrite
{
    private readonly TaskCompletionSource<int> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _cancel;
    private int _claimed;

    public Task<int> Answer => _answer.Task;

    public int ThreadId => thread;

    public long Offset => offset;

    public void Queue(Action work) => ThreadPool.QueueUserWorkItem(_ => work());

    public void Waits(Action cancel) => _cancel = cancel;

    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void Complete(int result) => _answer.SetResult(result);

    /// <summary>A signal: whether the call had not been answered before.</summary>
    public bool TryInterrupt()
    {
        if (!TryClaim())
            return false;
        _cancel?.Invoke();
        _answer.SetResult(-Errno.EINTR);
        return true;
    }
}
