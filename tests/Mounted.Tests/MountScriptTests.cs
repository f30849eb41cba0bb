using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>mount.sh, which builds when sources are newer: the first call may take its time.</summary>
public sealed class MountScriptTests : IDisposable
{
    private readonly string _home = Mount.NewHome();
    private readonly string _directory;

    public MountScriptTests()
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        Prerequisites.Program("setsid", "util-linux");
        _directory = Path.Combine(_home, "vrangefs"); // the name of the program, which is no directory
        Directory.CreateDirectory(_directory);
    }

    public void Dispose()
    {
        if (MountTable.ConnectionOf(_directory) is uint connection)
        {
            _ = Fuse.FuseControl.Abort(connection);
            _ = Command.Run("umount", "-l", _directory);
        }

        Wait.Until(() => DaemonPid() is null, "no daemon is left");
        Command.Shell($"rm -f /run/vrangefs/vrangefs.$(printf %s {_directory} | cksum | cut -d ' ' -f 1).log").Succeeded();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public void It_mounts_says_two_lines_that_work_and_unmounts()
    {
        string[] said = Script(_directory).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, said.Length);
        string[] commands = [.. said.Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..])];
        string answer = Command.Run("bash", "-c", string.Join('\n', commands)).Succeeded();
        Assert.Matches(@"^\d+ 00000000-00001fff v 2 /ring\n1 8192\n$", answer);

        Script("-u", _directory).Succeeded();
        Assert.Null(MountTable.ConnectionOf(_directory));
        Wait.Until(() => DaemonPid() is null, "the daemon has ended");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_killed_daemon_leaves_a_mount_that_mount_sh_clears(bool unmount)
    {
        Script(_directory, "-o", "size=8m").Succeeded();
        File.WriteAllText(Path.Combine(_directory, "f"), "x");
        Command.Run("kill", "-9", DaemonPid()!).Succeeded();
        Wait.Until(() => Command.Run("ls", _directory).Errors.Contains("not connected", StringComparison.Ordinal), "the mount is dead");

        if (unmount)
        {
            Script("-u", _directory).Succeeded();
            Assert.Null(MountTable.ConnectionOf(_directory));
            return;
        }

        Result again = Script(_directory, "-o", "size=16m");
        again.Succeeded();
        Assert.Contains("stale", again.Errors, StringComparison.Ordinal);
        Assert.Equal("4096", Command.Run("stat", "-f", "-c", "%b", _directory).Succeeded().Trim());
        Assert.False(File.Exists(Path.Combine(_directory, "f")));
        Script("-u", _directory).Succeeded();
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("colour=red")]
    public void An_unknown_option_is_an_error_that_names_it(string option)
    {
        Result result = Script(_directory, "-o", $"size=1m,{option}");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"'{option.Split('=')[0]}'", result.Errors, StringComparison.Ordinal);
        Assert.Null(MountTable.ConnectionOf(_directory));
        Assert.Null(DaemonPid());
    }

    [Fact]
    public void What_cannot_be_done_is_an_error()
    {
        Assert.NotEqual(0, Script("-u", _directory).ExitCode);
        Assert.NotEqual(0, Script(Path.Combine(_home, "missing")).ExitCode);
        Assert.NotEqual(0, Script("-x").ExitCode);
        Assert.NotEqual(0, Script("-u").ExitCode);
        Assert.Contains("usage", Script().Output, StringComparison.Ordinal);

        Script(_directory).Succeeded();
        Assert.Contains("mounted already", Script(_directory).Errors, StringComparison.Ordinal);
        Script("-u", _directory).Succeeded();
    }

    private static Result Script(params ReadOnlySpan<string> arguments)
        => Command.Run(TimeSpan.FromSeconds(180), Command.Info(Path.Combine(Repository.Root, "mount.sh"), arguments));

    // The process that was started with the directory as its first argument.
    private string? DaemonPid()
    {
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                continue;
            try
            {
                string[] words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
                if (words.Length > 1 && words[0].EndsWith("/vrangefs", StringComparison.Ordinal) && words[1] == _directory)
                    return Path.GetFileName(process);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return null;
    }
}
