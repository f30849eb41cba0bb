using System.Globalization;
using System.Text;
using KernelModel.Replay;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// Plays a script of the recorder in a mount: its calls are lines into <c>syscall</c> of a task, its files are files of the mount. Writes
/// the trace that the recorder writes on a kernel, from the task's files and its mincore alone.
/// </summary>
/// <param name="mount">The mount; it has no swap.</param>
/// <param name="agent">Who writes, cuts and punches the files.</param>
/// <param name="pid">A number for the task that is free.</param>
/// <param name="keeper">Another task, which keeps in memory what a tmpfs would.</param>
internal sealed class MountedScriptPlayer(Mount mount, Agent agent, int pid, MountedTask keeper)
{
    private readonly StringBuilder _trace = new();
    private readonly Dictionary<int, int> _files = [];
    private readonly string _directory = $"kdiff.{pid}";
    private string[] _lines = [];
    private int _next;

    /// <summary>
    /// Whether a script has nothing but what a mount can say and shows as a tmpfs does: no call there takes a userfaultfd, and
    /// msync writes back and leaves pages clean, where a tmpfs has nowhere to write to.
    /// </summary>
    public static bool CanSay(string script)
        => !script.Split('\n').Any(line => line.StartsWith("uffd ", StringComparison.Ordinal)
            || (line.StartsWith("msync ", StringComparison.Ordinal) && line.EndsWith(" s", StringComparison.Ordinal)));

    /// <summary>Plays a script from start to end.</summary>
    /// <returns>The trace.</returns>
    public string Run(string script)
    {
        _lines = script.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string proc = mount.Proc($"{pid}");
        Directory.CreateDirectory(mount[_directory]);

        // Who drops the right to lock memory is one who never had it.
        if (_lines.Contains("dropcap"))
            Command.ShellAs("nobody", $"mkdir {proc}").Succeeded();
        else
            Directory.CreateDirectory(proc);
        using (MountedTask task = new(proc))
        {
            // A program, its libraries and its stack: what MCL_CURRENT would have to lock.
            task.Call($"mmap 0x555555554000 {600 * 4096} rx private anon fixed");
            Play(task, task.Sizes);
        }

        Directory.Delete(proc);
        foreach (int file in _files.Values)
            agent.Close(file);
        Directory.Delete(mount[_directory], recursive: true);
        return _trace.ToString();
    }

    private void Play(MountedTask task, (long Size, long Data) start)
    {
        while (_next < _lines.Length)
        {
            string line = _lines[_next++];
            if (line == "end")
                return;
            ScriptCall call = new(line.Split(' '));
            if (call.Name == "touch" && Touch(task, call) is { } fault)
            {
                _trace.Append(fault).Append('\n');
                continue;
            }

            string result = call.Name switch
            {
                "touch" or "dropcap" => "0",
                "fork" => Fork(task, start),
                "file" or "trunc" or "punch" => ChangeFile(call),
                _ => task.Call(Say(call)),
            };
            _trace.Append(line).Append(" => ").Append(result.StartsWith("-1 ", StringComparison.Ordinal) ? result.Split(' ')[1] : "0").Append('\n');
            task.AppendState(_trace, RandomScript.Arena, start);
        }
    }

    private FormattableString Say(ScriptCall call)
    {
        ulong address = call.Address(1);
        ulong length = call.Bytes(2);
        return call.Name switch
        {
            "map" => $"mmap {address} {length} {call.Word(3)} {SayFlags(call)}",
            "unmap" => $"munmap {address} {length}",
            "prot" => $"mprotect {address} {length} {call.Word(3)}",
            "remap" when call.Word(4) == "-" => $"mremap {address} {length} {call.Bytes(3)}",
            "remap" => $"mremap {address} {length} {call.Bytes(3)} maymove fixed {call.Address(4)}",
            "madv" => $"madvise {address} {length} {call.Word(3)}",
            "lock" => $"mlock {address} {length}",
            "lockf" => $"mlock_onfault {address} {length}",
            "unlock" => $"munlock {address} {length}",
            "lockall" => $"mlockall future{(call.Has(1, 'o') ? " onfault" : "")}",
            "unlockall" => $"munlockall",
            "msync" => $"msync {address} {length} {call.Word(3) switch { "a" => "async", "s" => "sync", _ => "invalidate" }}",
            "limit" => $"setrlimit memlock {call.Bytes(1)}",
            _ => throw new ArgumentException($"what is {call.Name}?", nameof(call)),
        };
    }

    private string SayFlags(ScriptCall call)
    {
        string sharing = call.Has(4, 'D') ? "droppable" : call.Has(4, 's') ? "shared" : "private";
        string what = call.Word(5).Length == 0
            ? "anon"
            : string.Create(CultureInfo.InvariantCulture, $"file:/{_directory}/F{call.Word(5)}+{call.Bytes(6)}");
        string more = (call.Has(4, 'n') ? " noreserve" : "") + (call.Has(4, 'l') ? " locked" : "") + (call.Has(4, 'P') ? " populate" : "");
        return $"{sharing} {what} fixed{more}";
    }

    // Page by page, as the recorder does, to the first that raises a signal.
    private static string? Touch(MountedTask task, ScriptCall call)
    {
        bool write = call.Word(3) == "w";
        for (int page = call.Number(1); page < call.Number(1) + call.Number(2); page++)
        {
            ulong address = ScriptPlayer.Base + ((ulong)page * Agent.PageSize) + 1;
            string result = write ? task.Call($"store {address} 'x'") : task.Call($"load {address} 1");
            if (!result.StartsWith("-1 ", StringComparison.Ordinal))
                continue;
            string signal = result.Contains("--- SIGBUS ", StringComparison.Ordinal) ? "SIGBUS" : "SIGSEGV";
            Assert.Contains($"--- {signal} ", result, StringComparison.Ordinal);
            return string.Create(CultureInfo.InvariantCulture, $"touch {page} {call.Word(3)} -> {signal}");
        }

        return null;
    }

    // The recorder's files are everybody's who has inherited the descriptor; here a task opens them by name.
    private string ChangeFile(ScriptCall call)
    {
        int index = call.Number(1);
        switch (call.Name)
        {
            case "file":
                string path = mount[$"{_directory}/F{index}"];
                _files[index] = agent.Open(path);
                File.SetUnixFileMode(path, (UnixFileMode)0x1B6); // 0666
                agent.Truncate(_files[index], call.Number(2));
                Keep(index, call.Bytes(2), full: call.Word(3) == "full");
                break;
            case "trunc":
                agent.Truncate(_files[index], call.Number(2));
                break;
            default:
                const int punch = Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE;
                Assert.Equal(0, agent.Allocate(_files[index], punch, call.Number(2), call.Number(3)));
                break;
        }

        return "0";
    }

    // What a tmpfs has in memory from the start the model pages in, and lets go with the last mapping: another task maps the file
    // until the next script's takes its place, and has no page in its tables, where it would count.
    private void Keep(int index, ulong bytes, bool full)
    {
        ulong address = ScriptPlayer.Base + ((ulong)index << 30);
        keeper.Call($"mmap {address} {bytes} rw shared file:/{_directory}/F{index} fixed");
        if (!full)
            return;
        keeper.Call($"touch {address} {bytes} w");
        keeper.Call($"madvise {address} {bytes} dontneed");
    }

    // The child plays up to the line "end", and the parent goes on behind it.
    private string Fork(MountedTask parent, (long Size, long Data) start)
    {
        string number = parent.Call($"fork").TrimEnd();
        _trace.Append(">> child\n");
        using (MountedTask child = new(mount.Proc(number)))
        {
            child.AppendState(_trace, RandomScript.Arena, start);
            Play(child, start);
            child.Call($"exit 0");
        }

        Assert.Equal(number, parent.Call($"wait").TrimEnd());
        _trace.Append("<< parent\n");
        return "0";
    }
}
