using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Who is root in a user namespace only may mount, but the kernel does not pass through to his stores.</summary>
public sealed class UserNamespaceTests : IDisposable
{
    private readonly string _home = Running.Mount.NewHome();

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Files_are_served_from_the_page_cache_there()
    {
        Result result = Unshared(
            $$"""
            {{Daemon.Program}} {{_home}} -f &
            daemon=$!
            trap 'kill $daemon 2>/dev/null; wait $daemon' EXIT
            until mountpoint -q {{_home}}; do kill -0 $daemon || exit 1; sleep 0.05; done
            echo kept >{{_home}}/f && cat {{_home}}/f
            exec 3<>{{_home}}/f
            echo '/f 0 4096 volatile' >{{_home}}/proc/fvrange && cat {{_home}}/proc/vranges
            exec 3>&-
            """);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("kept\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(" v 1 /f\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Passthrough_is_refused_with_the_reason()
    {
        Result result = Unshared($"{Daemon.Program} {_home} -f -o io=passthrough");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("initial user namespace", result.Errors + result.Output, StringComparison.Ordinal);
    }

    private static Result Unshared(string script)
    {
        Prerequisites.Fuse();
        return Command.Run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);
    }
}
