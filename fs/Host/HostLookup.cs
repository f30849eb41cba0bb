using System.Diagnostics;

namespace Fs.Host;

/// <summary>A look at a process of the host that may have to wait for that process.</summary>
/// <param name="processId">The process; 0 for what is of none.</param>
/// <param name="uid">Its real uid, or who looks: whose share of the threads it takes.</param>
internal abstract class HostLookup(int processId, uint uid)
{
    private volatile bool _isDone;
    private long _started; // the lock of the looks that run

    /// <summary>The process.</summary>
    public int ProcessId => processId;

    /// <summary>Its real uid.</summary>
    public uint Uid => uid;

    /// <summary>Whether it came to an end. Without that nothing is known of the process.</summary>
    public bool IsDone => _isDone;

    /// <summary>Whether it has been running for longer than anybody waits.</summary>
    public bool IsStuck => Stopwatch.GetElapsedTime(_started) > HostLookups.Bound;

    /// <summary>It is about to run.</summary>
    public void Begin() => _started = Stopwatch.GetTimestamp();

    /// <summary>Looks, on a thread of <see cref="HostLookups"/>.</summary>
    public void Run()
    {
        Look();
        _isDone = true;
    }

    /// <summary>Does the work; what it finds may be read once it is done.</summary>
    protected abstract void Look();
}
