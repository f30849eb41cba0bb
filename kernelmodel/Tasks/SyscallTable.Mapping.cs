using KernelModel.Mm;

namespace KernelModel.Tasks;

internal static partial class SyscallTable
{
    private static readonly (string Word, MapFlags Flag)[] s_mapModifiers =
    [
        ("fixed", MapFlags.Fixed), ("fixed_noreplace", MapFlags.FixedNoReplace), ("populate", MapFlags.Populate),
        ("locked", MapFlags.Locked), ("noreserve", MapFlags.NoReserve), ("growsdown", MapFlags.GrowsDown),
        ("stack", MapFlags.Stack), ("hugetlb", MapFlags.HugeTlb), ("special", MapFlags.Special),
    ];

    private static void AddMappingCalls()
    {
        Add("mmap ADDR LEN PROT private|shared|droppable anon|file:NAME[+OFFSET] [fixed|fixed_noreplace|populate|locked|noreserve|"
            + "growsdown|stack|hugetlb|special]...", Mmap);
        AddRange("munmap ADDR LEN", (mm, start, length) => mm.Munmap(start, length));
        Add("mprotect ADDR LEN PROT", (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            Prot prot = ReadProt(arguments);
            return When(arguments, "mprotect", () => mm.Mprotect(start, length, prot));
        });
        Add("mremap ADDR OLDLEN NEWLEN [maymove] [fixed NEWADDR] [dontunmap]", Mremap);
        Add("brk ADDR", (_, mm, arguments) =>
        {
            ulong end = arguments.Number();
            return When(arguments, "brk", () => (long)mm.Brk(end));
        });
        AddRange("mlock ADDR LEN", (mm, start, length) => mm.Mlock(start, length));
        AddRange("mlock_onfault ADDR LEN", (mm, start, length) => mm.Mlock(start, length, onFault: true));
        AddRange("munlock ADDR LEN", (mm, start, length) => mm.Munlock(start, length));
        Add("mlockall [current] [future] [onfault]", (_, mm, arguments) =>
        {
            MlockAllFlags flags = 0;
            while (arguments.HasMore)
                flags |= arguments.Named<MlockAllFlags>();
            return When(arguments, "mlockall", () => mm.MlockAll(flags));
        });
        Add("munlockall", (_, mm, arguments) => When(arguments, "munlockall", () => mm.MunlockAll()));
    }

    private static SyscallResult Mmap(TaskStruct task, MmStruct mm, SyscallArguments arguments)
    {
        ulong address = arguments.Number();
        ulong length = arguments.Number();
        Prot prot = ReadProt(arguments);
        MapFlags flags = arguments.One(
            ("private", MapFlags.Private), ("shared", MapFlags.Shared), ("droppable", MapFlags.Droppable));
        string what = arguments.Word();
        ulong offset = 0;
        VmFile? file = null;
        if (what == "anon")
        {
            flags |= MapFlags.Anonymous;
        }
        else if (what.StartsWith("file:", StringComparison.Ordinal))
        {
            string name = what[5..];
            int plus = name.LastIndexOf('+');
            if (plus > 0 && new SyscallArguments([name[(plus + 1)..]]) is var number)
            {
                offset = number.Number();
                if (number.IsValid)
                    name = name[..plus];
                else
                    offset = 0;
            }

            file = task.Kernel.FileLookup?.Invoke(task, name);
            if (file is null)
                return new SyscallResult(-Errno.ENOENT);
        }
        else
        {
            arguments.Fail();
        }

        while (arguments.HasMore)
            flags |= arguments.One<MapFlags>(s_mapModifiers);
        SyscallResult result = When(arguments, "mmap", () => mm.Mmap(address, length, prot, flags, file, offset));
        if (file is not null)
            task.Kernel.Files.CloseIfUnmapped(file.Mapping);
        return result;
    }

    private static SyscallResult Mremap(TaskStruct task, MmStruct mm, SyscallArguments arguments)
    {
        ulong address = arguments.Number();
        ulong oldLength = arguments.Number();
        ulong newLength = arguments.Number();
        MremapFlags flags = MremapFlags.None;
        ulong target = 0;
        while (arguments.HasMore)
        {
            MremapFlags flag = arguments.Named<MremapFlags>();
            if (flag == MremapFlags.Fixed)
                target = arguments.Number();
            flags |= flag;
        }

        return When(arguments, "mremap", () => mm.Mremap(address, oldLength, newLength, flags, target));
    }

    /// <summary>Some of r, w and x, or a dash.</summary>
    private static Prot ReadProt(SyscallArguments arguments)
    {
        Prot prot = Prot.None;
        foreach (char letter in arguments.Word())
        {
            switch (letter)
            {
                case 'r':
                    prot |= Prot.Read;
                    break;
                case 'w':
                    prot |= Prot.Write;
                    break;
                case 'x':
                    prot |= Prot.Exec;
                    break;
                case '-':
                    break;
                default:
                    arguments.Fail();
                    break;
            }
        }

        return prot;
    }
}
