using System.Globalization;
using System.Text;
using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Replay;

/// <summary>
/// Plays a script of mm calls on the model and writes the trace that the recorder writes on a kernel: after each call
/// its result, a line for every area of the arena, and a line of counters and page states.
/// </summary>
internal sealed partial class ScriptPlayer
{
    /// <summary>Swap of 64 MiB less the header, as a zram device of that size has.</summary>
    public const int DefaultSwapPages = 16383;

    /// <summary>The pool of the scripts that map huge pages.</summary>
    public const int HugePool = 4;

    /// <summary>Where the arena starts, in bytes.</summary>
    public const ulong Base = 0x1000_0000_0000;

    private const ulong PageBytes = 4096;
    private const int Files = 4;

    private readonly int _pages;
    private readonly bool _huge;
    private readonly StringBuilder _trace = new();
    private readonly VmFile?[] _files = new VmFile?[Files];
    private string[] _lines = [];
    private int _next;
    private bool _quiet;

    /// <summary>Boots a machine.</summary>
    /// <param name="pages">Pages of the arena.</param>
    /// <param name="swapPages">Pages of swap, or 0.</param>
    /// <param name="hugePages">The pool of 2 MiB pages, when the trace shows it; -1 when not.</param>
    /// <param name="forbidsZeroPage">Whether the machine that was recorded has no page of zeros for all.</param>
    public ScriptPlayer(int pages, int swapPages, int hugePages = -1, bool forbidsZeroPage = false)
    {
        _pages = pages;
        _huge = hugePages >= 0;
        Kernel = new Kernel(new KernelOptions { SwapPages = swapPages, OvercommitHugePages = 0, ForbidsZeroPage = forbidsZeroPage });
        Kernel.HugePages.SetMax(Math.Max(0, hugePages));
    }

    /// <summary>The machine the script runs on.</summary>
    public Kernel Kernel { get; }

    /// <summary>Called after every operation, for checks.</summary>
    public Action<Kernel, string>? AfterOperation { get; set; }

    /// <summary>Plays a script from start to end.</summary>
    /// <returns>The trace.</returns>
    public string Run(string script)
    {
        _lines = script.Split('\n');
        TaskStruct task = Kernel.Tasks.Create("recorder")!;

        // A program, its libraries and its stack: what MCL_CURRENT would have to lock.
        task.Mm!.Mmap(0x5555_5555_4000, 600 * PageBytes, Prot.Read | Prot.Exec, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Player player = new(this, task, null);
        player.Run();
        Kernel.Tasks.Exit(task, 0);
        return _trace.ToString();
    }

    private string? NextLine() => _next < _lines.Length ? _lines[_next++] : null;

    // One process of the script: fork makes another one, which starts with what its parent had.
    private sealed partial class Player
    {
        private readonly ScriptPlayer _script;
        private readonly TaskStruct _task;
        private readonly long _baseSize;
        private readonly long _baseData;
        private UserfaultContext? _userfault;

        public Player(ScriptPlayer script, TaskStruct task, Player? parent)
        {
            _script = script;
            _task = task;
            _baseSize = parent?._baseSize ?? task.Mm!.TotalVm;
            _baseData = parent?._baseData ?? task.Mm!.DataVm;
            _userfault = parent?._userfault;
        }

        private MmStruct Mm => _task.Mm!;

        private StringBuilder Trace => _script._trace;

        public void Run()
        {
            while (_script.NextLine() is { } raw)
            {
                int comment = raw.IndexOf('#', StringComparison.Ordinal);
                string line = comment < 0 ? raw : raw[..comment];
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length == 0)
                    continue;
                if (words[0] == "end")
                    return;
                if (words[0] == "quiet")
                {
                    _script._quiet = true;
                    continue;
                }

                if (words[0] == "dump")
                {
                    Trace.Append("dump\n");
                    Dump();
                    continue;
                }

                ScriptCall call = new(words);
                if (words[0] == "touch")
                {
                    if (!Touch(call))
                        continue;
                }
                else if (!Execute(call))
                {
                    Trace.Append(CultureInfo.InvariantCulture, $"?? {line}\n");
                    continue;
                }

                Trace.Append(line).Append(" => ").Append(call.Result < 0 ? Errno.Name((int)-call.Result) : "0").Append('\n');
                if (!_script._quiet)
                    Dump();
                _script.AfterOperation?.Invoke(_script.Kernel, line);
            }
        }

        private bool Touch(ScriptCall call)
        {
            bool write = call.Word(3).StartsWith('w');
            for (int i = 0; i < call.Number(2); i++)
            {
                int page = call.Number(1) + i;
                ulong address = Base + ((ulong)page * PageBytes) + 1;
                Span<byte> buffer = [(byte)(page + 1)];
                if (write ? _task.Store(address, buffer) : _task.Load(address, buffer))
                    continue;
                string signal = _task.LastSignal!.Value.Number == Signal.SIGBUS ? "SIGBUS" : "SIGSEGV";
                Trace.Append(CultureInfo.InvariantCulture, $"touch {page} {(write ? 'w' : 'r')} -> {signal}\n");
                return false;
            }

            return true;
        }

        private void Fork()
        {
            _script.Kernel.Tasks.Fork(_task, out TaskStruct? child);
            Trace.Append(">> child\n");
            Player player = new(_script, child!, this);
            int start = _script._next;
            bool quiet = _script._quiet;
            if (!quiet)
                player.Dump();
            player.Run();
            _script.Kernel.Tasks.Exit(child!, 0);
            _script.Kernel.Tasks.Wait(_task, out _);
            Trace.Append("<< parent\n");
            _script._quiet = quiet;

            // The child read its lines from a copy of the input; here they are passed over.
            _script._next = start;
            int depth = 1;
            while (depth > 0 && _script.NextLine() is { } line)
            {
                if (line.StartsWith("fork", StringComparison.Ordinal))
                    depth++;
                else if (line.StartsWith("end", StringComparison.Ordinal))
                    depth--;
            }
        }
    }
}
