using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>The programs that read /proc, unmodified, with the mount's in its place.</summary>
public sealed class ReaderTests : MountedTest
{
    [Theory]
    [InlineData("ps", "procps", "ps aux", "^USER +PID .*\n(.*\n)*root +[0-9]+ .* ps aux\n")]
    [InlineData("ps", "procps", "ps -eLf", "^UID +PID +PPID +LWP .*\n(.*\n)*root +([0-9]+) +[0-9]+ +\\2 .* ps -eLf\n")]
    [InlineData("pmap", "procps", "pmap -X $$", "\\[stack\\]")]
    [InlineData("pmap", "procps", "pmap -x $$", "total kB +[1-9]")]
    [InlineData("free", "procps", "free -w", "Mem: +([0-9]+) .*\nSwap: +65536 ")]
    [InlineData("vmstat", "procps", "vmstat -s", "[1-9][0-9]* K total memory\n(.*\n)*.* boot time\n")]
    [InlineData("vmstat", "procps", "vmstat -m", "vm_area_struct")]
    [InlineData("top", "procps", "top -bn1", "^top - (.*\n)*MiB Mem : +[1-9](.*\n)* *[0-9]+ root .* top")]
    [InlineData("uptime", "procps", "uptime", "load average: [0-9]")]
    [InlineData("w", "procps", "w", "USER +TTY")]
    [InlineData("slabtop", "procps", "slabtop -o", "mm_struct")]
    [InlineData("sysctl", "procps", "sysctl vm.swappiness", "^vm.swappiness = 60\n$")]
    [InlineData("sysctl", "procps", "sysctl -w vm.swappiness=33 && sysctl -n vm.swappiness", "\n33\n$")]
    [InlineData("sysctl", "procps", "sysctl -n kernel.ostype", "^Linux\n$")]
    [InlineData("pgrep", "procps", "exec 3</proc; pgrep -x sh", "^[0-9]+\n$")]
    [InlineData("findmnt", "util-linux", "findmnt -n -o TARGET /proc | tail -n 1", "^/proc\n$")]
    [InlineData("dotnet", "dotnet-sdk-10.0", "dotnet --version", "^10\\.")]
    public void A_program_reads_what_it_needs(string program, string package, string command, string expected)
    {
        Prerequisites.Program(program, package);
        Result result = Inside(Mount("swap=64m"), command);
        Assert.Equal("", result.Errors);
        Assert.Matches(expected, result.Succeeded());
    }

    [Fact]
    public void Htop_shows_the_memory_of_the_mount()
    {
        Prerequisites.Program("htop", "htop");
        Prerequisites.Program("tmux", "tmux");
        Mount mount = Mount("size=512m,mem=512m,swap=64m");
        const string script = """
            export TERM=xterm LC_ALL=C.UTF-8
            tmux -S "$1" new-session -d -x 100 -y 30 htop
            for i in 1 2 3 4 5 6 7 8 9 10; do
                sleep 0.5
                tmux -S "$1" capture-pane -p >"$1.screen"
                ! grep -q Command "$1.screen" || break
            done
            tmux -S "$1" kill-server
            cat "$1.screen"
            """;
        string screen = Inside(mount, script, Path.Combine(mount.Outside, "tmux")).Succeeded();
        Assert.Matches("Mem\\[.*/1.00G\\]", screen);
        Assert.Matches("Swp\\[.*/64.0M\\]", screen);
        Assert.Contains(" htop", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Psutil_warns_of_nothing()
    {
        const string program = """
            import psutil
            psutil.virtual_memory(), psutil.swap_memory(), psutil.cpu_times(), psutil.boot_time(), psutil.users()
            psutil.net_io_counters(), psutil.disk_io_counters(), psutil.net_connections()
            for process in psutil.process_iter():
                process.as_dict()
                process.memory_full_info(), process.memory_maps(), process.threads(), process.num_fds()
                print(process.pid, process.name())
            """;
        Mount mount = Mount();
        string path = Path.Combine(mount.Outside, "read.py");
        File.WriteAllText(path, program);
        Result result = Inside(mount, $"/usr/bin/python3 -W error {path}");
        Assert.DoesNotContain("No module named", result.Errors, StringComparison.Ordinal); // python3-psutil
        Assert.Equal("", result.Errors);
        Assert.Matches("^[0-9]+ python3\n", result.Succeeded());
    }

    [Fact]
    public async Task Node_exporter_collects_from_it_what_it_collects_from_the_kernel()
    {
        string program = Prerequisites.Program("prometheus-node-exporter", "prometheus-node-exporter");
        Mount mount = Mount();
        string real = await Scrape(program, "--path.procfs=/proc", "--web.listen-address=127.0.0.1:{0}");
        string ours = await Scrape(program, $"--path.procfs={mount.Proc("")}", "--web.listen-address=127.0.0.1:{0}");
        static string[] Collectors(string metrics)
            => [.. metrics.Split('\n').Where(static line => line.StartsWith("node_scrape_collector_success", StringComparison.Ordinal))];
        Assert.NotEmpty(Collectors(real));
        Assert.Equal(Collectors(real), Collectors(ours));
        Assert.Contains("node_memory_Volatile_bytes 0\n", ours, StringComparison.Ordinal);
        Assert.Contains("node_vmstat_pswpin 0\n", ours, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_exporter_reads_without_errors()
    {
        string program = Prerequisites.Program("prometheus-process-exporter", "prometheus-process-exporter");
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        _ = agent.Open(mount["f"]);
        string name = File.ReadAllText($"/proc/{agent.Pid}/comm").Trim();
        string metrics = await Scrape(program, "-procfs", mount.Proc(""), "-procnames", name, "-web.listen-address", "127.0.0.1:{0}");
        Assert.Contains("namedprocess_scrape_errors 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("namedprocess_scrape_partial_errors 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("namedprocess_scrape_procread_errors 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"namedprocess_namegroup_num_procs{{groupname=\"{name}\"}} 1\n", metrics, StringComparison.Ordinal);
    }

    private static Result Inside(Mount mount, string command, params string[] arguments)
        => Command.Run(
            Prerequisites.Program("unshare", "util-linux"),
            ["--mount", "--propagation", "private", "sh", "-c", $"mount --rbind {mount.Proc("")} /proc && {{\n{command}\n}}", "sh", .. arguments]);

    // Starts an exporter, on a port of its own, and reads its metrics once.
    private static async Task<string> Scrape(string program, params string[] arguments)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        using Process exporter = Process.Start(
            Command.Info(program, [.. arguments.Select(argument => string.Format(CultureInfo.InvariantCulture, argument, port))]))!;
        try
        {
            exporter.BeginErrorReadLine();
            exporter.BeginOutputReadLine();
            using var client = new HttpClient();
            for (int i = 0; ; i++)
            {
                try
                {
                    return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
                }
                catch (HttpRequestException) when (i < 100)
                {
                    await Task.Delay(100);
                }
            }
        }
        finally
        {
            exporter.Kill();
        }
    }
}
