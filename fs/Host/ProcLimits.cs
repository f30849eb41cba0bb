using System.Buffers.Text;
using System.Globalization;
using KernelModel.Tasks;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The soft limits of a process of the host, by its /proc/PID/limits.</summary>
internal static class ProcLimits
{
    // fs/proc/base.c: proc_pid_limits pads the name to this width.
    private const int NameWidth = 26;

    // Of an address space, which one call may have to walk: 4 GiB.
    private const ulong MostAddressSpace = 4UL << 30;

    /// <summary>Reads them; those that cannot be read are what a task starts with. Waits for nothing.</summary>
    public static Rlimits Read(HostProc proc, int pid)
    {
        Rlimits limits = Rlimits.Default with { AddressSpace = MostAddressSpace };
        using SafeFileHandle file = proc.Open(string.Create(CultureInfo.InvariantCulture, $"{pid}/limits"));
        if (file.IsInvalid)
            return limits;
        using var lines = new ProcLines(file);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.Length > NameWidth && TryReadSoft(line[NameWidth..], out ulong soft))
                limits = With(limits, line[..NameWidth].TrimEnd((byte)' '), soft);
        }

        return limits;
    }

    private static Rlimits With(Rlimits limits, ReadOnlySpan<byte> name, ulong soft)
    {
        if (name.SequenceEqual("Max locked memory"u8))
            return limits with { MemLock = soft };
        if (name.SequenceEqual("Max address space"u8))
            return limits with { AddressSpace = Math.Min(soft, MostAddressSpace) };
        if (name.SequenceEqual("Max data size"u8))
            return limits with { Data = soft };
        if (name.SequenceEqual("Max stack size"u8))
            return limits with { Stack = soft };
        return name.SequenceEqual("Max processes"u8) ? limits with { Tasks = soft } : limits;
    }

    private static bool TryReadSoft(ReadOnlySpan<byte> text, out ulong soft)
    {
        soft = Rlimits.Infinity;
        return text.StartsWith("unlimited"u8) || Utf8Parser.TryParse(text, out soft, out _);
    }
}
