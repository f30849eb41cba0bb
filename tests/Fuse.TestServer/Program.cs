using System.Runtime.InteropServices;
using Fuse;
using Fuse.TestServer;

// Usage: Fuse.TestServer MOUNTPOINT METHOD [workers [ring-depth]]. Prints "ready CONNECTION TRANSPORT", serves until unmounted or SIGTERM,
// and aborts when its standard input ends: the test that started it is gone.
if (args.Length < 2 || !Enum.TryParse(args[1], out MountMethod method))
{
    Console.Error.WriteLine("usage: Fuse.TestServer MOUNTPOINT METHOD [workers [ring-depth]]");
    return 2;
}

try
{
    MountOptions mountOptions = new() { FsName = "test,server", Subtype = "fusetest", DefaultPermissions = true, Method = method };
    using FuseMount mount = FuseMount.Mount(args[0], mountOptions);
    FuseSessionOptions options = new()
    {
        WorkerCount = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 2,
        IoUringDepth = args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : 8,
        HandlerFailed = (opcode, failure) => Console.Error.WriteLine($"{opcode}: {failure}"),
    };
    MemoryFileSystem fileSystem = new();
    using FuseSession session = new(fileSystem, mount, options);
    fileSystem.Session = session;
    session.Start();
    await session.Initialized;

    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        if (mount.Unmount() < 0)
            _ = mount.Unmount(lazy: true);
    });
    new Thread(() =>
    {
        while (Console.In.ReadLine() is not null)
        {
        }

        _ = mount.Abort();
    })
    { IsBackground = true }.Start();

    Console.WriteLine($"ready {mount.ConnectionNumber} {session.Transport}");
    await session.Completion;
    Console.WriteLine("ended");
    return 0;
}
catch (Exception e) when (e is FuseMountException or FuseProtocolException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
