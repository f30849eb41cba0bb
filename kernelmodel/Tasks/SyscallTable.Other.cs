using System.Text;
using KernelModel.Mm;

namespace KernelModel.Tasks;

internal static partial class SyscallTable
{
    private const ulong MaxLoad = 4096;

    private static void AddAdviceCalls()
    {
        Add("madvise ADDR LEN ADVICE", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            Madv advice = arguments.Named<Madv>();
            return When(arguments, "madvise", () => mm.Madvise(start, length, advice));
        });
        Add("msync ADDR LEN [async] [sync] [invalidate]", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            MsyncFlags flags = MsyncFlags.None;
            while (arguments.HasMore)
                flags |= arguments.Named<MsyncFlags>();
            return When(arguments, "msync", () => mm.Msync(start, length, flags));
        });
        Add("mincore ADDR LEN", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            if (!arguments.IsValid || length > 64 << 20)
                return When(arguments, "mincore", () => -Errno.EINVAL);
            byte[] resident = new byte[(length + 4095) / 4096];
            int result = mm.Mincore(start, length, resident);
            return new SyscallResult(result, result < 0 ? "" : string.Concat(resident.Select(page => (char)('0' + page))));
        });
        Add("load ADDR LEN", (task, _, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            if (length > MaxLoad)
                arguments.Fail();
            byte[] bytes = new byte[arguments.IsValid ? length : 0];
            SyscallResult result = When(arguments, "load", () => task.Load(start, bytes) ? (long)length : -Errno.EFAULT);
            return result.Value < 0 ? result : result with { Text = Quote(bytes) };
        });
        Add("store ADDR 'TEXT'", (task, _, arguments) =>
        {
            ulong start = arguments.Number();
            byte[] bytes = Encoding.UTF8.GetBytes(arguments.Word());
            return When(arguments, "store", () => task.Store(start, bytes) ? bytes.Length : -Errno.EFAULT);
        });
        Add("touch ADDR LEN r|w", (task, _, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            bool write = arguments.One(("r", false), ("w", true));
            return When(arguments, "touch", () => Touch(task, start, length, write));
        });
    }

    private static void AddSeedCalls()
    {
        Add("vrange ADDR LEN volatile|nonvolatile [FLAGS [PURGED]]", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            uint mode = arguments.One(("volatile", 1u), ("nonvolatile", 0u));
            uint flags = (uint)arguments.OptionalNumber();
            ulong? purgedAt = arguments.HasMore ? arguments.Number() : null;
            bool purged = false;
            SyscallResult result = When(arguments, "vrange", () => purgedAt is { } pointer
                ? mm.Vrange(start, length, mode, flags, pointer, out purged)
                : mm.Vrange(start, length, mode, flags, out purged));
            return arguments.IsValid && result.Value >= 0 ? result with { Text = purged ? "purged=1" : "purged=0" } : result;
        });
        Add("mvrange ADDR LEN volatile|nonvolatile [full|partial]", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            uint mode = arguments.One(("volatile", 1u), ("nonvolatile", 0u));
            uint behavior = arguments.HasMore ? arguments.One(("full", 0u), ("partial", 1u)) : 0;
            return When(arguments, "mvrange", () => mm.Mvrange(start, length, mode, behavior));
        });
        Add("fvrange PATH OFF LEN volatile|nonvolatile [full|partial]", (task, _, arguments) =>
        {
            string path = arguments.Word();
            ulong offset = arguments.Number();
            ulong length = arguments.Number();
            uint mode = arguments.One(("volatile", 1u), ("nonvolatile", 0u));
            uint behavior = arguments.HasMore ? arguments.One(("full", 0u), ("partial", 1u)) : 0;
            return When(arguments, "fvrange", () => task.Fvrange(path, offset, length, mode, behavior));
        });
        AddRange("mpin ADDR LEN", (mm, start, length) => mm.Mpin(start, length));
        AddRange("munpin ADDR LEN", (mm, start, length) => mm.Munpin(start, length));
        Add("remap_anon_pages DST SRC LEN [allow_src_holes]", (_, mm, arguments) =>
        {
            ulong target = arguments.Number();
            ulong source = arguments.Number();
            ulong length = arguments.Number();
            RemapAnonFlags flags = arguments.HasMore
                ? arguments.One(("allow_src_holes", RemapAnonFlags.AllowSourceHoles))
                : RemapAnonFlags.None;
            return When(arguments, "remap_anon_pages", () => mm.RemapAnonPages(target, source, length, flags));
        });
    }

    private static void AddTaskCalls()
    {
        Add("fork", (task, _, arguments) => When(arguments, "fork", () => task.Kernel.Tasks.Fork(task, out TaskStruct? _)));
        Add("exec NAME", (task, _, arguments) =>
        {
            string name = arguments.Word();
            return When(arguments, "exec", () =>
            {
                task.Kernel.Tasks.Exec(task, name);
                return 0;
            });
        });
        Add("exit CODE", (task, _, arguments) =>
        {
            int code = (int)arguments.Number();
            return When(arguments, "exit", () =>
            {
                task.Kernel.Tasks.Exit(task, code);
                return 0;
            });
        });
        Add("wait", (task, _, arguments) => When(arguments, "wait", () => task.Kernel.Tasks.Wait(task, out int _)));
        Add("setrlimit memlock|as|data|stack BYTES|unlimited", (task, _, arguments) => SetLimit(task, arguments));
    }

    private static SyscallResult SetLimit(TaskStruct task, SyscallArguments arguments)
    {
        string which = arguments.Word();
        string text = arguments.Word();
        ulong value = Rlimits.Infinity;
        if (text != "unlimited")
        {
            SyscallArguments number = new([text]);
            value = number.Number();
            if (!number.IsValid)
                arguments.Fail();
        }

        Rlimits? limits = which switch
        {
            "memlock" => task.Limits with { MemLock = value },
            "as" => task.Limits with { AddressSpace = value },
            "data" => task.Limits with { Data = value },
            "stack" => task.Limits with { Stack = value },
            _ => null,
        };
        if (limits is null)
            arguments.Fail();
        return When(arguments, "setrlimit", () =>
        {
            // kernel/sys.c: do_prlimit. What the limit bounds is the time that one call may take.
            bool raises = limits!.AddressSpace > task.Limits.AddressSpace;
            if (raises && !task.Credentials.Has(Capability.SysResource))
                return -Errno.EPERM;
            task.Limits = limits;
            return 0;
        });
    }

    // As strace shows bytes.
    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        foreach (byte value in bytes)
        {
            _ = value switch
            {
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)value),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\t' => text.Append("\\t"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0')),
            };
        }

        return text.Append('"').ToString();
    }

    private static long Touch(TaskStruct task, ulong start, ulong length, bool write)
    {
        Span<byte> one = stackalloc byte[1];
        for (ulong at = start; at < start + length; at = (at & ~4095UL) + 4096)
        {
            // A store that keeps the contents.
            if (!task.Load(at, one) || (write && !task.Store(at, one)))
                return -Errno.EFAULT;
        }

        return 0;
    }
}
