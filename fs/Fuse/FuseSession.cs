using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// Serves a filesystem on a FUSE device until the device goes away: by unmounting, by an abort, or by <see cref="Stop"/>.
/// </summary>
/// <remarks>
/// A process must never touch a mount that it serves itself: with a garbage collector that deadlocks beyond SIGKILL.
/// </remarks>
public sealed partial class FuseSession : IDisposable
{
    private readonly FuseSessionOptions _options;
    private readonly FuseMount? _mount;
    private readonly FuseChannel _channel;
    private readonly List<FuseChannel> _clones = []; // written by the first worker before it serves, read by the last that leaves
    private readonly TaskCompletionSource _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RingTransport? _rings; // written by the first worker before INIT is answered
    private int _started; // Interlocked
    private int _running; // Interlocked
    private bool _stopped; // Volatile
    private ulong _reported; // Interlocked; a bit per opcode
    private Exception? _failure; // Interlocked

    /// <summary>A session on a mount of this library. The session takes over the mount's device.</summary>
    public FuseSession(FuseFileSystem fileSystem, FuseMount mount, FuseSessionOptions? options = null)
        : this(fileSystem, (mount ?? throw new ArgumentNullException(nameof(mount))).Device, options)
    {
        _mount = mount;
        mount.HasSession = true;
    }

    /// <summary>A session on a device that is mounted already, or on a socket that carries one message per read(2).</summary>
    /// <remarks>The session takes over the device.</remarks>
    public FuseSession(FuseFileSystem fileSystem, FuseDeviceHandle device, FuseSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(device);
        _options = options ?? new FuseSessionOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.WorkerCount, 1, nameof(options));
        FileSystem = fileSystem;
        Connection = new FuseConnection(_options);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.IoUringDepth, 1, nameof(options));
        Dispatcher = new FuseDispatcher(fileSystem, Connection);
        Polling = new PollingRole(_options.BusyPoll);
        _channel = new FuseChannel(device);
        if (_options.UseIoUring)
            Connection.CanUseIoUring = () => (_rings = RingTransport.TryPrepare(this, _channel, _options.IoUringDepth)) is not null;
    }

    /// <summary>What was negotiated; complete once <see cref="Initialized"/> is.</summary>
    public FuseConnection Connection { get; }

    /// <summary>Done when INIT is answered; fails if that cannot be.</summary>
    public Task Initialized => _initialized.Task;

    /// <summary>
    /// Done when the last worker has left and the filesystem is destroyed; fails if the device failed, or, with
    /// <see cref="InitFlags.FUSE_ABORT_ERROR"/>, if somebody else aborted the connection.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>How requests come in; known once <see cref="Initialized"/> is.</summary>
    public FuseTransport Transport { get; private set; }

    internal FuseFileSystem FileSystem { get; }

    internal FuseDispatcher Dispatcher { get; }

    internal PollingRole Polling { get; }

    internal PendingReplies Pending { get; } = new();

    /// <summary>Whether the session was told to end.</summary>
    internal bool IsStopped => Volatile.Read(ref _stopped);

    /// <summary>Starts the first worker; the others follow when INIT is answered.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("The session was started already.");

        _running = 1;
        new FuseWorker(this, _channel, 0).Start();
    }

    /// <summary>Waits for <see cref="Completion"/>, also if it fails; false after the time-out.</summary>
    public bool WaitForExit(TimeSpan timeout) => ((IAsyncResult)Completion).AsyncWaitHandle.WaitOne(timeout);

    /// <summary>
    /// Ends the session at once, with requests unanswered: a socket is shut down, a mount aborted. Unmounting is the clean end.
    /// </summary>
    /// <returns>0, or a negative errno if the workers could not be made to leave.</returns>
    public int Stop()
    {
        Volatile.Write(ref _stopped, true);
        Pending.Abandon();
        if (_mount is not null)
            return _mount.Abort();

        bool held = false;
        try
        {
            _channel.Device.DangerousAddRef(ref held);
            return Libc.shutdown((int)_channel.Device.DangerousGetHandle(), Libc.SHUT_RDWR) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
        catch (ObjectDisposedException)
        {
            return 0; // ended before
        }
        finally
        {
            if (held)
                _channel.Device.DangerousRelease();
        }
    }

    /// <summary>Closes the device of a session that was never started; a started one closes it when it ends.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            _channel.Dispose();
    }

    /// <summary>INIT is answered: the first worker brings up the others.</summary>
    internal void Negotiated()
    {
        FileSystem.Initialized();
        if (_rings is not null && _rings.Start())
            Transport = FuseTransport.IoUring; // the first worker remains for what the kernel keeps on the device
        else
            StartWorkers();
        _initialized.SetResult();
    }

    /// <summary>Counts a thread that will call <see cref="WorkerLeft"/>, unless starting it throws.</summary>
    internal void Starting(Action start)
    {
        _ = Interlocked.Increment(ref _running);
        try
        {
            start();
        }
        catch
        {
            _ = Interlocked.Decrement(ref _running); // it will never leave
            throw;
        }
    }

    /// <summary>The superblock is no more, unless the device says so of an abort too.</summary>
    internal void DeviceGone()
    {
        if (Connection.Has(InitFlags.FUSE_ABORT_ERROR))
            _mount?.NoteGone();
    }

    /// <summary>The last worker that leaves ends the session.</summary>
    internal void WorkerLeft(Exception? failure)
    {
        if (failure is not null && Interlocked.CompareExchange(ref _failure, failure, null) is null)
            _ = Stop(); // the others may be waiting for requests that the failed worker would have been given
        _rings?.Leave();

        if (Interlocked.Decrement(ref _running) != 0)
            return;

        Pending.Abandon();
        try
        {
            FileSystem.Destroy();
        }
#pragma warning disable CA1031 // The session ends whatever the filesystem thinks of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ReportFailure(FuseOpcode.FUSE_DESTROY, e);
        }

        foreach (FuseChannel clone in _clones)
            clone.Dispose();
        _channel.Dispose();

        Exception? first = _failure;
        _ = _initialized.TrySetException(first ?? new FuseProtocolException("The device went away before INIT."));
        _ = _initialized.Task.Exception; // observed: not everybody waits for it
        if (first is null)
            _completion.SetResult();
        else
            _completion.SetException(first);
    }

    /// <summary>Tells about the first failure of each opcode.</summary>
    internal void ReportFailure(FuseOpcode opcode, Exception failure)
    {
        ulong bit = 1UL << (int)((uint)opcode % 64);
        if ((Interlocked.Or(ref _reported, bit) & bit) != 0)
            return;

        try
        {
            _options.HandlerFailed?.Invoke(opcode, failure);
        }
#pragma warning disable CA1031 // A log that fails must not take the worker with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Debug.Fail(e.ToString());
        }
    }

    private void StartWorkers()
    {
        for (int index = 1; index < _options.WorkerCount; index++)
        {
            FuseChannel channel = _channel;
            if (_options.CloneDevice && _channel.Device.TryClone() is { } clone)
            {
                channel = new FuseChannel(clone);
                _clones.Add(channel);
            }

            Starting(new FuseWorker(this, channel, index).Start);
        }
    }
}
