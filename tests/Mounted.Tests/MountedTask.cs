using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KernelModel.Replay;
using Microsoft.Win32.SafeHandles;

namespace Mounted.Tests;

/// <summary>
/// A task of the model as a program has it: calls are lines into its <c>syscall</c>, what became of them is in its <c>maps</c>,
/// <c>smaps</c>, <c>status</c> and <c>pagemap</c>.
/// </summary>
internal sealed class MountedTask : IDisposable
{
    private const ulong Base = ScriptPlayer.Base;
    private const ulong PageBytes = 4096;

    // The arena and a little below it, where areas that grow down go.
    private const ulong LowestShown = Base - (64 * PageBytes);
    private const ulong HighestShown = Base + (1UL << 32);

    private static readonly string[] s_pageCounters =
    [
        "Rss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Anonymous", "LazyFree", "Swap", "Locked",
        "Shared_Hugetlb", "Private_Hugetlb",
    ];

    private readonly SafeFileHandle _syscall;
    private readonly SafeFileHandle _maps;
    private readonly SafeFileHandle _smaps;
    private readonly SafeFileHandle _status;
    private readonly SafeFileHandle _pagemap;
    private readonly byte[] _buffer = new byte[1 << 16];

    /// <summary>Opens the files of a task that is there.</summary>
    public MountedTask(string directory)
    {
        _syscall = File.OpenHandle($"{directory}/syscall", FileMode.Open, FileAccess.ReadWrite);
        _maps = File.OpenHandle($"{directory}/maps");
        _smaps = File.OpenHandle($"{directory}/smaps");
        _status = File.OpenHandle($"{directory}/status");
        _pagemap = File.OpenHandle($"{directory}/pagemap");
    }

    /// <summary>VmSize and VmData in pages.</summary>
    public (long Size, long Data) Sizes
    {
        get
        {
            string status = Text(_status);
            return (Status(status, "VmSize"), Status(status, "VmData"));
        }
    }

    /// <summary>Makes a call.</summary>
    /// <returns>What stands behind the equals sign of the reply, with the signal that the call raised in a second line.</returns>
    public string Call(FormattableString call)
    {
        string line = call.ToString(CultureInfo.InvariantCulture);
        byte[] text = Encoding.UTF8.GetBytes(line);
        nint written = TestLibc.write(_syscall, text, text.Length);
        string error = written < 0 ? Errno.Name(Marshal.GetLastPInvokeError()) : "";
        string reply = Text(_syscall);
        Assert.StartsWith($"{line} = ", reply, StringComparison.Ordinal);
        string result = reply[(line.Length + 3)..];
        Assert.True(result.StartsWith("-1 ", StringComparison.Ordinal) == (written < 0), $"write {written} {error}, {reply}");
        Assert.True(written < 0 ? result.StartsWith($"-1 {error} ", StringComparison.Ordinal) : written == text.Length, $"{error}, {reply}");
        return result;
    }

    /// <summary>What the recorder prints of the arena after each call.</summary>
    public void AppendState(StringBuilder trace, int pages, (long Size, long Data) start)
    {
        char[] letters = new char[pages];
        Array.Fill(letters, '.');
        StringBuilder headers = new();
        bool shown = false;
        foreach (string line in Text(_smaps).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.IndexOf('-', StringComparison.Ordinal) is var dash && dash > 0 && dash < colon)
            {
                headers.Append(line).Append('\n');
                shown = AppendArea(trace, line, letters);
            }
            else if (shown && line.StartsWith("VmFlags: ", StringComparison.Ordinal))
            {
                trace.Append(" {").Append(line.AsSpan(9)).Append("}\n");
            }
            else if (shown)
            {
                AppendCounter(trace, line[..colon], line[(colon + 1)..]);
            }
        }

        Assert.Equal(Text(_maps), headers.ToString());
        string status = Text(_status);
        trace.Append(
            CultureInfo.InvariantCulture,
            $"  VmLck={Status(status, "VmLck")} dVmSize={Status(status, "VmSize") - start.Size} dVmData={Status(status, "VmData") - start.Data} pm=");
        trace.Append(letters).Append('\n');
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in (SafeFileHandle[])[_syscall, _maps, _smaps, _status, _pagemap])
            file.Dispose();
    }

    // START-END PERMS OFFSET DEVICE INODE NAME
    private bool AppendArea(StringBuilder trace, string line, char[] letters)
    {
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        string[] ends = words[0].Split('-');
        ulong start = Hex(ends[0]);
        ulong end = Hex(ends[1]);
        if (start < LowestShown || start >= HighestShown)
            return false;
        long first = (long)(start - Base) / (long)PageBytes;
        long last = (long)(end - Base) / (long)PageBytes;
        trace.Append(CultureInfo.InvariantCulture, $"  [{first},{last}) {words[1]} ");
        if (words[4] == "0")
            trace.Append("anon");
        else if (words[5].StartsWith("/dev/zero", StringComparison.Ordinal))
            trace.Append("shm");
        else
            trace.Append(CultureInfo.InvariantCulture, $"{Path.GetFileName(words[5])}+{Hex(words[2]) / PageBytes}");
        ReadLetters(start, end, letters);
        return true;
    }

    private void ReadLetters(ulong start, ulong end, char[] letters)
    {
        ulong bytes = end - start;
        string resident = Call($"mincore {start} {bytes}").Split('{', '}')[1];
        Span<ulong> entries = stackalloc ulong[letters.Length];
        nint read = TestLibc.pread(_pagemap, MemoryMarshal.AsBytes(entries), letters.Length * 8, (long)(Base / PageBytes * 8));
        Assert.Equal(letters.Length * 8, read);
        for (ulong at = Math.Max(start, Base); at < end && at < Base + ((ulong)letters.Length * PageBytes); at += PageBytes)
        {
            int page = (int)((at - Base) / PageBytes);
            bool isResident = resident[(int)((at - start) / PageBytes)] == '1';
            letters[page] = Letter(entries[page], isResident);
        }
    }

    // Bits of Documentation/admin-guide/mm/pagemap.rst: 62 swapped, 63 present, 56 mapped once.
    private static char Letter(ulong entry, bool resident)
        => (entry >> 62 & 1) != 0 ? 'S'
            : (entry >> 63) == 0 ? (resident ? 'c' : '-')
            : !resident ? '?'
            : (entry >> 56 & 1) != 0 ? 'X' : 'P';

    private static void AppendCounter(StringBuilder trace, string key, string value)
    {
        if (key is not ("Pss" or "SwapPss") && !s_pageCounters.Contains(key))
            return;
        long kilobytes = Kilobytes(value);
        if (kilobytes == 0)
            return;
        trace.Append(' ').Append(key).Append('=');
        if (key is "Pss" or "SwapPss")
            trace.Append(CultureInfo.InvariantCulture, $"{kilobytes}kB");
        else
            trace.Append(kilobytes / 4);
    }

    private string Text(SafeFileHandle file)
    {
        int length = 0;
        while (TestLibc.pread(file, _buffer.AsSpan(length), _buffer.Length - length, length) is var read && read != 0)
        {
            Assert.True(read > 0, $"pread: {Errno.Name(Marshal.GetLastPInvokeError())}");
            length += (int)read;
        }

        return Encoding.UTF8.GetString(_buffer, 0, length);
    }

    // Absent in the status of a zombie only.
    private static long Status(string status, string key)
    {
        int at = status.IndexOf($"{key}:", StringComparison.Ordinal) + key.Length + 1;
        return Kilobytes(status[at..status.IndexOf('\n', at)]) / 4;
    }

    private static long Kilobytes(string text) => long.Parse(text.AsSpan(0, text.LastIndexOf(' ')), CultureInfo.InvariantCulture);

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
