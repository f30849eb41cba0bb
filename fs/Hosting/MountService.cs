using Fs.Host;
using Fs.Mount;
using Fs.Tmpfs;
using Fuse;
using KernelModel;
using KernelModel.Mapping;
using KernelModel.Vrange;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProcFs;
using ProcFs.Nodes;

namespace Fs.Hosting;

/// <summary>
/// Mounts when the host starts, so that a mount that fails is a host that fails to start, and unmounts when it stops.
/// An unmount from outside stops the host.
/// </summary>
internal sealed partial class MountService(
    MountTarget target, MountArguments arguments, IHostApplicationLifetime lifetime, ILogger<MountService> logger)
    : IHostedService, IDisposable
{
    private const InitFlags WantedFlags = InitFlags.FUSE_ASYNC_READ | InitFlags.FUSE_ATOMIC_O_TRUNC | InitFlags.FUSE_EXPORT_SUPPORT
        | InitFlags.FUSE_BIG_WRITES | InitFlags.FUSE_HAS_IOCTL_DIR | InitFlags.FUSE_DO_READDIRPLUS | InitFlags.FUSE_READDIRPLUS_AUTO
        | InitFlags.FUSE_ASYNC_DIO | InitFlags.FUSE_PARALLEL_DIROPS | InitFlags.FUSE_MAX_PAGES
        | InitFlags.FUSE_EXPLICIT_INVAL_DATA | InitFlags.FUSE_HANDLE_KILLPRIV_V2 | InitFlags.FUSE_ABORT_ERROR;

    // How long requests on their way may take once the mount is out of sight, and how long what then ends may take to.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private IBackingStorage? _storage;
    private readonly ProtectedSymlinks _protectedSymlinks = new();
    private HostPageCache? _hostCache;
    private SpacePoller? _spacePoller;
    private HostProc? _hostProc;
    private HostTasks? _tasks;
    private Machine? _machine;
    private Kswapd? _kswapd;
    private FuseMount? _mount;
    private FuseSession? _session;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _hostProc = new HostProc(); // before the mount can lie over it
        _storage = ChooseStorage();
        var superblock = new Superblock(
            new SuperblockOptions
            {
                MaxInodes = arguments.MaxInodes,
                RootMode = arguments.Mode,
                RootUid = arguments.Uid ?? Libc.geteuid(),
                RootGid = arguments.Gid ?? Libc.getegid(),
                Owner = Libc.geteuid(),
                ProtectsSymlinks = () => _protectedSymlinks.IsOn,
                SigbusOnPurged = arguments.SigbusOnPurged,
            },
            _storage,
            TimeProvider.System);
        bool mayPassThrough = _storage is PrivateTmpfs && !arguments.SigbusOnPurged && arguments.Io != IoMode.Cached;
        if (arguments.Io == IoMode.Passthrough && !mayPassThrough)
            throw new MountFailedException("option 'io=passthrough' needs fault=zero and the right to mount");
        var fileSystem = new VrangeFileSystem(superblock, logger) { WantPassthrough = mayPassThrough };
        _hostCache = new HostPageCache();
        superblock.HostCache = _hostCache;
        fileSystem.HostCache = _hostCache;

        bool privileged = Libc.geteuid() == 0;
        _mount = FuseMount.Mount(target.Directory, new MountOptions
        {
            FsName = "vrangefs",
            Subtype = "vrangefs",
            AllowOther = privileged || arguments.AllowOther,
            DefaultPermissions = true,
            ReadOnly = arguments.ReadOnly,
            NoSuid = arguments.NoSuid,
            NoDev = arguments.NoDev,
            NoExec = arguments.NoExec,
        });

        _tasks = new HostTasks(_hostProc, _mount.ConnectionNumber, superblock, logger);
        var files = new MountFiles(superblock, target.Directory.Path.ToArray(), _hostCache);
        var memory = new MemoryNumbers(_storage, superblock.Lru, target.MachineBytes >> PageSize.Shift, TimeProvider.System);
        _machine = Boot(files, superblock.Lru);
        _kswapd = new Kswapd(_machine);
        fileSystem.Proc = new ProcTree(superblock.Lru, memory, files, _tasks, _machine);
        files.Proc = fileSystem.Proc;
        fileSystem.Tasks = _tasks;
        fileSystem.Descriptors = new HostDescriptors(_hostProc, _mount.ConnectionNumber);

        _session = new FuseSession(fileSystem, _mount, new FuseSessionOptions
        {
            WantedFlags = WantedFlags,
            UseIoUring = arguments.IoUring,
            BusyPoll = arguments.BusyPoll,
            HandlerFailed = (opcode, error) => LogHandlerFailed(opcode, error),
        });
        _hostCache.Attach(_session);
        fileSystem.GrowNode = (node, size) => _session.GrowInode(node, size);
        fileSystem.NotifyPoll = kh => _session.NotifyPoll(kh);
        superblock.ForgetAttributes = ino => _session.InvalidateInode(ino, -1, 0);
        if (_storage is PrivateTmpfs backing)
            backing.Registry = new SessionBackingRegistry(_session);
        _session.Start();
        _ = _session.Completion.ContinueWith(_ => lifetime.StopApplication(), TaskScheduler.Default);
        await Task.WhenAny(_session.Initialized); // what fails before it ends the session, which stops the host
        if (mayPassThrough)
            BeginPassthrough(fileSystem, (PrivateTmpfs)_storage, superblock.Lru);
        LogMounted(target.Directory);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_mount is null || _session is null)
            return;

        if (!_session.Completion.IsCompleted)
        {
            // The kernel may write back what is dirty first, for which it needs the session.
            await HasEnded(Task.Run(() => _mount.Unmount(lazy: true), CancellationToken.None), s_patience);
            // Whatever keeps the superblock, open files, a bind mount, another namespace, loses it: there is nobody left to serve it.
            // Where the connection cannot be aborted, by a user without fusectl, the end of the process closes the device.
            if (!await HasEnded(_session.Completion, s_grace) && _session.Stop() == 0)
                await HasEnded(_session.Completion, s_patience);
        }

        int error = _mount.Unmount(lazy: true); // what the session kept from being unmounted, or a failure left
        if (error == 0)
            LogUnmounted(target.Directory);
        else
            LogStaysMounted(target.Directory, error == -Errno.EBUSY ? "another mount covers it" : Errno.Describe(-error));
        if (_session.Completion.Exception?.InnerException is Exception failure)
        {
            LogSessionFailed(failure);
            throw new MountFailedException($"the session on {target.Directory} failed: {MountFailedException.ReasonOf(failure)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Also after a start that failed half way: what is mounted by then is unmounted.
        _mount?.Dispose();
        _session?.Dispose();
        _spacePoller?.Dispose();
        _kswapd?.Dispose();
        _machine?.Dispose();
        _hostCache?.Dispose();
        _tasks?.Dispose();
        _hostProc?.Dispose();
        (_storage as IDisposable)?.Dispose();
        _protectedSymlinks.Dispose();
    }

    private static async Task<bool> HasEnded(Task task, TimeSpan patience)
        => await Task.WhenAny(task, Task.Delay(patience)) == task;

    // Tasks of the model share the ranges of the mount's files, so that memory that is short takes the oldest of all.
    private Machine Boot(MountFiles files, VrangeLru ranges)
        => new(new KernelOptions
        {
            TotalPages = (int)(arguments.Memory >> PageSize.Shift),
            SwapPages = (int)(arguments.Swap >> PageSize.Shift),
            FirstPid = ProcIds.FirstModelPid,
            Ranges = ranges,
        })
        {
            FileLookup = files.Open,
        };

    // auto serves from the page cache where the kernel does not pass through.
    private void BeginPassthrough(VrangeFileSystem fileSystem, PrivateTmpfs storage, VrangeLru lru)
    {
        if (fileSystem.Passthrough)
        {
            _spacePoller = new SpacePoller(storage, lru);
        }
        else if (fileSystem.PassthroughError != 0)
        {
            string reason = fileSystem.PassthroughError switch
            {
                -Errno.EOPNOTSUPP => "this kernel does not know it, Linux 6.9 and later do",

                // fs/fuse/backing.c: fuse_backing_open
                -Errno.EPERM => "the kernel grants it to CAP_SYS_ADMIN in the initial user namespace",
                int error => Errno.Describe(-error),
            };
            if (arguments.Io == IoMode.Passthrough)
                throw new MountFailedException($"option 'io=passthrough' cannot be had: {reason}");
            LogCached(reason);
        }
    }

    // A private tmpfs where this process may mount: it can keep bytes out of swap.
    private IBackingStorage ChooseStorage()
    {
        long limit = PageSize.PagesFor(arguments.Size);
        if (PrivateTmpfs.TryCreate(limit, arguments.NoSwap, out int error) is PrivateTmpfs storage)
            return storage;
        if (arguments.NoSwap)
            throw new MountFailedException($"option 'noswap' cannot be had here: errno {-error}");
        return MemfdStorage.TryCreate(limit, out error)
            ?? throw new MountFailedException($"no memory for files can be had here: errno {-error}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "mounted on {Directory}")]
    private partial void LogMounted(MountPoint directory);

    [LoggerMessage(Level = LogLevel.Debug, Message = "io=cached, as passthrough cannot be had: {Reason}")]
    private partial void LogCached(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "unmounted {Directory}")]
    private partial void LogUnmounted(MountPoint directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Directory} stays mounted: {Reason}")]
    private partial void LogStaysMounted(MountPoint directory, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the session failed")]
    private partial void LogSessionFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Opcode} failed")]
    private partial void LogHandlerFailed(FuseOpcode opcode, Exception error);
}
