using System.Diagnostics;
using System.Globalization;

namespace Mounted.Tests.Running;

/// <summary>What FVRANGE_IOC returned (negative errno), and the bytes it reported.</summary>
internal readonly record struct Loss(int Result, long Bytes);

/// <summary>Size, blocks and times of a file.</summary>
internal readonly record struct Stat(long Size, long Blocks, long Modified, long Changed);

/// <summary>A process that uses the mount on command: <c>native/agent.c</c>. A result below 0 is an errno.</summary>
internal sealed class Agent(ProcessStartInfo start)
{
    public const int PageSize = 4096;

    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_PATH = 0x200000;

    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;

    public const int FALLOC_FL_KEEP_SIZE = 1;
    public const int FALLOC_FL_PUNCH_HOLE = 2;

    public const uint Full = 0;
    public const uint Partial = 1;

    private const uint VRANGE_NONVOLATILE = 0;
    private const uint VRANGE_VOLATILE = 1;

    private int _pid;

    public Process Process { get; } = Process.Start(start)!;

    /// <summary>Its own; su is another process.</summary>
    public int Pid => _pid > 0 ? _pid : _pid = Number("pid");

    /// <summary>One command, one answer.</summary>
    public string Say(string command)
    {
        Process.StandardInput.WriteLine(command);
        Process.StandardInput.Flush();
        string? answer = Process.StandardOutput.ReadLine();
        Assert.True(answer is not null, $"the agent died of: {command}\n{(answer is null ? Process.StandardError.ReadToEnd() : "")}");
        Assert.False(answer!.StartsWith("what?", StringComparison.Ordinal), $"{answer} in: {command}");
        return answer;
    }

    /// <summary>A descriptor of a file that must open.</summary>
    public int Open(string path, int flags = O_RDWR | O_CREAT)
    {
        int descriptor = TryOpen(path, flags);
        Assert.True(descriptor >= 0, $"open {path}: {descriptor}");
        return descriptor;
    }

    public int TryOpen(string path, int flags) => Number($"open {flags} {path}");

    public void Close(int descriptor) => Assert.Equal(0, Number($"close {descriptor}"));

    /// <summary>
    /// Opens, makes and writes files with a common start of the name, until so many are held, and returns how many, or why
    /// not.
    /// </summary>
    public int Hold(string prefix, int count) => Number($"hold {count} {prefix}");

    /// <summary>How many of the held files have what was written to them.</summary>
    public int CheckHeld() => Number("held");

    /// <summary>Closes the held files.</summary>
    public void ReleaseHeld() => Assert.Equal(0, Number("release"));

    /// <summary>Marks pages volatile.</summary>
    public void Mark(int descriptor, long first, long pages, uint behavior = Full)
        => Assert.Equal(new Loss(0, 0), Fvrange(descriptor, first * PageSize, pages * PageSize, VRANGE_VOLATILE, behavior));

    /// <summary>Marks every other page of so many; how many ranges that made, and the errno that ended it.</summary>
    public string MarkMany(int descriptor, int ranges) => Say($"marks {descriptor} {ranges}");

    /// <summary>Takes pages back.</summary>
    public Loss Unmark(int descriptor, long first, long pages)
        => Fvrange(descriptor, first * PageSize, pages * PageSize, VRANGE_NONVOLATILE, Full);

    public Loss Fvrange(int descriptor, Int128 offset, Int128 length, uint mode, uint behavior)
    {
        string[] words = Say(string.Create(CultureInfo.InvariantCulture, $"fvrange {descriptor} {offset} {length} {mode} {behavior}")).Split(' ');
        return new Loss(int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>write(2) of whole pages, each byte the same.</summary>
    public void Write(int descriptor, long first, long pages, byte value)
        => Assert.Equal(pages * PageSize, TryWrite(descriptor, first * PageSize, pages * PageSize, value));

    public long TryWrite(int descriptor, long offset, long length, byte value)
        => Long($"pwrite {descriptor} {offset} {length} {value}");

    public long TryRead(int descriptor, long offset, long length) => Long($"pread {descriptor} {offset} {length}");

    /// <summary>Every page by read(2) in two characters: its byte, ?? mixed, EE for EIO, -- behind the end.</summary>
    public string Scan(int descriptor, long first, long pages) => Say($"scan {descriptor} {first} {pages}");

    /// <summary>The address of a mapping.</summary>
    public ulong Map(int descriptor, long first, long pages, bool shared = true)
        => Convert.ToUInt64(Say($"map {descriptor} {first * PageSize} {pages * PageSize} {(shared ? 1 : 0)}"), 16);

    /// <summary>As <see cref="Map"/>, of a file that is open for reading.</summary>
    public ulong MapReadOnly(int descriptor, long first, long pages, bool shared)
        => Convert.ToUInt64(Say($"mapr {descriptor} {first * PageSize} {pages * PageSize} {(shared ? 1 : 0)}"), 16);

    public void Unmap(ulong address, long pages) => Assert.Equal(0, Number($"unmap {address:x} {pages * PageSize}"));

    /// <summary>Every page through a mapping as in <see cref="Scan"/>; BB where it gets SIGBUS.</summary>
    public string Peek(ulong address, long pages) => Say($"peek {address:x} {pages}");

    /// <summary>Stores whole pages through a mapping.</summary>
    public void Poke(ulong address, long pages, byte value) => Assert.Equal("0", TryPoke(address, pages, value));

    public string TryPoke(ulong address, long pages, byte value) => Say($"poke {address:x} {pages * PageSize} {value}");

    /// <summary>What becomes of a process that touches an address: "exit 0", "signal 7".</summary>
    public string Touch(ulong address, bool store) => Say($"touch {address:x} {(store ? 1 : 0)}");

    public string Mincore(ulong address, long pages) => Say($"mincore {address:x} {pages}");

    public void Sync(ulong address, long pages) => Assert.Equal(0, Number($"msync {address:x} {pages * PageSize}"));

    /// <summary>Drops clean pages from the page cache.</summary>
    public void ForgetCache(int descriptor) => Assert.Equal(0, Number($"forget {descriptor}"));

    public int Allocate(int descriptor, int mode, long first, long pages)
        => Number($"fallocate {descriptor} {mode} {first * PageSize} {pages * PageSize}");

    public void Truncate(int descriptor, long pages) => Assert.Equal(0, TryTruncate(descriptor, pages));

    public int TryTruncate(int descriptor, long pages) => Number($"truncate {descriptor} {pages * PageSize}");

    public long Seek(int descriptor, long page, int whence) => Long($"seek {descriptor} {page * PageSize} {whence}");

    public Stat Stat(int descriptor)
    {
        long[] numbers = [.. Say($"stat {descriptor}").Split(' ').Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new Stat(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    public int SetVrange(string path, string value) => Number($"setxattr {path} user.vrange {value}");

    public string GetVrange(string path) => Say($"getxattr {path} user.vrange");

    /// <summary>Writes one command to a file of proc, opened write-only.</summary>
    public int Tell(string path, string text) => Number($"tell {path} {text}");

    /// <summary>Writes a command to an open file.</summary>
    public int Put(int descriptor, string text) => Number($"put {descriptor} {text}");

    /// <summary>Writes one command to a file of proc and reads the reply.</summary>
    public string Ask(string path, string text) => Say($"ask {path} {text}");

    /// <summary>Executes another agent in its place, with its descriptors.</summary>
    public void Become(string program) => Assert.Equal(0, Number($"become {program}"));

    /// <summary>Names the process; ^M is a carriage return, ^J a newline, ^I a tab.</summary>
    public void Rename(string name) => Assert.Equal(0, Number($"name {name}"));

    /// <summary>Makes a child that has the number of a process that is gone, and maps a page of a file.</summary>
    public void TakeNumber(int pid, int descriptor) => Assert.Equal(pid, Number($"take {pid} {descriptor}"));

    /// <summary>Maps a page of a file in place of another area.</summary>
    public int Cover(int descriptor) => Number($"cover {descriptor}");

    /// <summary>Stops one thread of another process.</summary>
    public void StopThread(int thread) => Assert.Equal(0, Number($"stop {thread}"));

    /// <summary>Ends a <see cref="StopThread"/>.</summary>
    public void ContinueThread(int thread) => Assert.Equal(0, Number($"continue {thread}"));

    /// <summary>Ends the main thread; another goes on.</summary>
    public void LeaveMainThread() => Assert.Equal(0, Number("leave"));

    /// <summary>How many bytes were copied, by splice, sendfile or copyrange; or a negative errno.</summary>
    public int Copy(string how, int from, int to) => Number($"{how} {from} {to}");

    private int Number(string command) => int.Parse(Say(command), CultureInfo.InvariantCulture);

    private long Long(string command) => long.Parse(Say(command), CultureInfo.InvariantCulture);
}
