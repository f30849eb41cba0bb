using System.Globalization;
using KernelModel.Mapping;
using KernelModel.Text;

namespace Fs.Hosting;

/// <summary>What <c>-o</c> says, read as tmpfs reads its options.</summary>
internal sealed record MountArguments
{
    private const int MaxBusyPollMicroseconds = 1_000_000;
    private const long MinMemory = 1 << 20;
    private const long MaxMemory = 64L << 30;

    /// <summary>Bytes of file data, 0 for no limit (<c>size=</c>, <c>nr_blocks=</c>).</summary>
    public long Size { get; private set; }

    /// <summary>Inodes, 0 for no limit (<c>nr_inodes=</c>).</summary>
    public long MaxInodes { get; private set; }

    /// <summary>Bytes of memory that the tasks of the model share (<c>mem=</c>).</summary>
    public long Memory { get; private set; } = 256 << 20;

    /// <summary>Bytes of swap that they have (<c>swap=</c>).</summary>
    public long Swap { get; private set; } = 64 << 20;

    /// <summary>Permission bits of the root directory (<c>mode=</c>).</summary>
    public uint Mode { get; private set; } = Tmpfs.FileMode.S_ISVTX | 0x1FF;

    public uint? Uid { get; private set; }

    public uint? Gid { get; private set; }

    /// <summary>Keep file data out of swap (<c>noswap</c>).</summary>
    public bool NoSwap { get; private set; }

    /// <summary>R10: <c>fault=sigbus</c> instead of <c>fault=zero</c>.</summary>
    public bool SigbusOnPurged { get; private set; }

    /// <summary>Who reads and writes the stores (<c>io=</c>).</summary>
    public IoMode Io { get; private set; } = IoMode.Auto;

    /// <summary>Take requests over io_uring where the kernel offers it (<c>io_uring</c>, <c>noio_uring</c>).</summary>
    public bool IoUring { get; private set; } = true;

    /// <summary>How long a worker asks again for the next request before it sleeps (<c>busy_poll=</c>, microseconds).</summary>
    public TimeSpan BusyPoll { get; private set; } = TimeSpan.FromMicroseconds(50);

    public bool ReadOnly { get; private set; }

    public bool NoSuid { get; private set; }

    public bool NoDev { get; private set; }

    public bool NoExec { get; private set; }

    /// <summary>Open to other users where the mounter alone could use it (<c>allow_other</c>).</summary>
    public bool AllowOther { get; private set; }

    /// <summary>What <c>--help</c> says of the options.</summary>
    public const string Help = """
        size=N        memory for file data: bytes, or with k, m, g, or % of the machine's; 0: no limit (default 50%)
        nr_blocks=N   the same in pages, k, m, g allowed
        nr_inodes=N   files there may be, k, m, g allowed; 0: no limit (default: half the machine's pages)
        mem=N         memory of the tasks that mkdir makes in proc; taken when they store to it (default 256m)
        swap=N        their swap; 0: none (default 64m)
        mode=OCTAL    permissions of the root directory (default 1777)
        uid=N gid=N   owner of the root directory (default: who mounts)
        noswap        keep file data out of swap (needs the right to mount)
        fault=zero    a purged page reads as zeros until it is taken back (default)
        fault=sigbus  touching a purged page raises SIGBUS, read(2) gives EIO
        io=auto       passthrough where it can be had, else cached (default)
        io=passthrough  the kernel reads, writes and maps itself (Linux 6.9, root, fault=zero)
        io=cached     the host caches pages, the daemon reads and writes
        noio_uring    requests over /dev/fuse also where the kernel offers io_uring
                      (Linux 6.14, fuse.enable_uring=Y), which is taken by default
        busy_poll=US  wait so many microseconds awake for the next request while requests come
                      quickly; 0: never (default 50)
        allow_other   let other users in when an ordinary user mounts
        ro nosuid nodev noexec   as for every mount
        """;

    /// <summary>Reads option lists; a later option wins.</summary>
    /// <param name="lists">Values of <c>-o</c>.</param>
    /// <param name="machineBytes">Memory of the machine, for the defaults and for <c>%</c>.</param>
    /// <param name="arguments">The options.</param>
    /// <returns>Null, or what is wrong, naming the option.</returns>
    public static string? Parse(IEnumerable<string> lists, long machineBytes, out MountArguments arguments)
    {
        long machinePages = machineBytes >> PageSize.Shift;
        arguments = new MountArguments { Size = machinePages / 2 << PageSize.Shift, MaxInodes = machinePages / 2 };
        foreach (string option in lists.SelectMany(static list => list.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            string? value = equals < 0 ? null : option[(equals + 1)..];
            bool? taken = value is null ? arguments.SetFlag(name) : arguments.SetValue(name, value, machineBytes);
            if (taken is null)
                return $"unknown option '{name}'";
            if (taken == false)
                return $"bad value for option '{name}': '{value}'";
        }

        return null;
    }

    private bool? SetFlag(string name)
    {
        switch (name)
        {
            case "noswap":
                NoSwap = true;
                return true;
            case "io_uring":
                IoUring = true;
                return true;
            case "noio_uring":
                IoUring = false;
                return true;
            case "ro":
                ReadOnly = true;
                return true;
            case "rw":
                ReadOnly = false;
                return true;
            case "nosuid":
                NoSuid = true;
                return true;
            case "nodev":
                NoDev = true;
                return true;
            case "noexec":
                NoExec = true;
                return true;
            case "allow_other":
                AllowOther = true;
                return true;
            default:
                return null;
        }
    }

    // Null for a name that there is not, false for a value that cannot be.
    private bool? SetValue(string name, string value, long machineBytes)
    {
        long number;
        switch (name)
        {
            case "size" when value.EndsWith('%'):
                if (!long.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > 1000)
                    return false;
                Size = RoundUp(machineBytes / 100 * number);
                return true;
            case "size":
                if (!TryParseSize(value, out number))
                    return false;
                Size = RoundUp(number);
                return true;
            case "nr_blocks":
                if (!TryParseSize(value, out number) || number > long.MaxValue >> PageSize.Shift)
                    return false;
                Size = number << PageSize.Shift;
                return true;
            case "nr_inodes":
                if (!TryParseSize(value, out number))
                    return false;
                MaxInodes = number;
                return true;
            case "mem":
                Memory = TryParseMemory(value, MinMemory) ?? 0;
                return Memory > 0;
            case "swap":
                Swap = TryParseMemory(value, 0) ?? -1;
                return Swap >= 0;
            case "mode":
                return SetMode(value);
            case "uid":
                Uid = TryParseId(value);
                return Uid is not null;
            case "gid":
                Gid = TryParseId(value);
                return Gid is not null;
            case "io":
                IoMode? io = value switch
                {
                    "auto" => IoMode.Auto,
                    "cached" => IoMode.Cached,
                    "passthrough" => IoMode.Passthrough,
                    _ => null,
                };
                Io = io ?? Io;
                return io is not null;
            case "busy_poll":
                if (!TryParseSize(value, out number) || number > MaxBusyPollMicroseconds)
                    return false;
                BusyPoll = TimeSpan.FromMicroseconds(number);
                return true;
            case "fault":
                SigbusOnPurged = value == "sigbus";
                return value is "sigbus" or "zero";
            default:
                return null;
        }
    }

    private bool SetMode(string value)
    {
        uint mode = 0;
        foreach (char digit in value)
        {
            if (digit is < '0' or > '7')
                return false;
            mode = (mode << 3) | (uint)(digit - '0');
            if (mode > Tmpfs.FileMode.PermissionBits)
                return false;
        }

        Mode = mode;
        return value.Length > 0;
    }

    private static uint? TryParseId(string value)
        => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue ? id : null;

    private static bool TryParseSize(string value, out long number)
    {
        bool valid = NumberText.TryParse(value.AsSpan(), out ulong parsed) && parsed <= long.MaxValue;
        number = valid ? (long)parsed : 0;
        return valid;
    }

    // The model counts pages in 32 bits.
    private static long? TryParseMemory(string value, long least)
        => TryParseSize(value, out long bytes) && bytes >= least && bytes <= MaxMemory ? RoundUp(bytes) : null;

    private static long RoundUp(long bytes)
        => Math.Min(PageSize.PagesFor(bytes), long.MaxValue >> PageSize.Shift) << PageSize.Shift;
}
