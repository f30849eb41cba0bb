using System.Text;
using ProcFs.Nodes;

namespace ProcFs.Tests;

/// <summary>A read or write of a file of proc that may have to wait.</summary>
internal sealed class TestCall(int thread) : IProcCall
{
    private readonly TaskCompletionSource<int> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _cancel; // Interlocked
    private int _claimed; // Interlocked

    public Task<int> Answer => _answer.Task;

    /// <summary>What was read, once <see cref="Answer"/> is there.</summary>
    public string Data { get; private set; } = "";

    public int ThreadId => thread;

    public void Queue(Action work) => ThreadPool.QueueUserWorkItem(_ => work());

    public void Waits(Action cancel)
    {
        Interlocked.Exchange(ref _cancel, cancel);
        if (Volatile.Read(ref _claimed) != 0)
            cancel();
    }

    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void Complete(int result) => _answer.SetResult(result);

    public void Complete(ReadOnlySpan<byte> data)
    {
        Data = Encoding.UTF8.GetString(data);
        _answer.SetResult(data.Length);
    }

    /// <summary>A signal: whether the call had not been answered before.</summary>
    public bool TryInterrupt()
    {
        if (!TryClaim())
            return false;
        Interlocked.CompareExchange(ref _cancel, null, null)?.Invoke();
        _answer.SetResult(-Errno.EINTR);
        return true;
    }
}
