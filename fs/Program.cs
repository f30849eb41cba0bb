using System.CommandLine;
using System.Runtime.InteropServices;
using Fs.Hosting;
using Fuse;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

CollectorMemory.Tell();

var directory = new Argument<string>("DIR") { Description = "Directory to mount on." };
var options = new Option<string[]>("-o", "--options")
{
    Description = "Mount options, separated by commas:\n" + MountArguments.Help,
    HelpName = "OPTION[,OPTION...]",
};
var foreground = new Option<bool>("-f", "--foreground")
{
    Description = "Stay in the foreground, which the daemon always does: mount.sh puts it in the background.",
};
var verbose = new Option<bool>("-v", "--verbose") { Description = "Log more." };
var command = new RootCommand("vrangefs: files whose ranges the system may take back when memory runs short.")
{
    directory, options, foreground, verbose,
};
command.SetAction((result, cancellation) => RunAsync(
    CommandLineBytes.Of(args, result.GetRequiredValue(directory)), result.GetValue(options) ?? [], result.GetValue(verbose)));

// Signals are the host's: a second listener would end the process after two seconds, with the mount still there.
// The name goes first, or a directory of that name is taken for it.
// A directory may be called @name; no file of that name is read.
return await command.Parse([command.Name, .. args], new ParserConfiguration { ResponseFileTokenReplacer = null })
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(byte[] directory, string[] options, bool verbose)
{
    const int Usage = 2;
    long machineBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    if (MountArguments.Parse(options, machineBytes, out MountArguments arguments) is string wrong)
    {
        await Console.Error.WriteLineAsync($"vrangefs: {wrong}");
        return Usage;
    }

    // Asking who else has a file open must not end the process when somebody opens it that moment; see
    // TmpfsStore.HasOtherWriters.
    const PosixSignal SIGIO = (PosixSignal)29;
    using var leaseBreaks = PosixSignalRegistration.Create(SIGIO, static context => context.Cancel = true);

    HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "vrangefs" });
    builder.Logging.AddSimpleConsole(static console => console.SingleLine = true);
    builder.Logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning);
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical); // a failed start is reported below
    builder.Logging.AddFilter("Fs", verbose ? LogLevel.Debug : LogLevel.Information);
    builder.Services.AddSingleton(arguments);
    try
    {
        builder.Services.AddSingleton(new MountTarget(MountPoint.Resolve(directory), machineBytes));
        builder.Services.AddHostedService<MountService>();
        using IHost host = builder.Build();

        // The host knows the other signals that end a process. A terminal that goes away is one, unless nohup(1) says otherwise.
        IHostApplicationLifetime lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            lifetime.StopApplication();
        });

        // Never inside of the own mount, not even by the working directory.
        Directory.SetCurrentDirectory("/");
        await host.RunAsync();
        return 0;
    }
    catch (Exception error) when (error is FuseMountException or MountFailedException or OutOfMemoryException)
    {
        await Console.Error.WriteLineAsync($"vrangefs: {MountFailedException.ReasonOf(error)}");
        return 1;
    }
}
