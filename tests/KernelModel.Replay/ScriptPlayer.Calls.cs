using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Replay;

internal sealed partial class ScriptPlayer
{
    private sealed partial class Player
    {
        private bool Execute(ScriptCall call)
        {
            ulong address = call.Address(1);
            ulong length = call.Bytes(2);
            switch (call.Name)
            {
                case "map":
                    call.Result = Map(call, address, length);
                    return true;
                case "file":
                    _script._files[call.Number(1)] = NewFile(call);
                    return true;
                case "trunc":
                    ((ShmemFile)_script._files[call.Number(1)]!.Mapping).Truncate((long)call.Bytes(2));
                    return true;
                case "punch":
                    ulong first = (ulong)call.Number(2);
                    _script._files[call.Number(1)]!.Mapping.Punch(first, first + (ulong)call.Number(3) - 1);
                    return true;
                case "unmap":
                    call.Result = Mm.Munmap(address, length);
                    return true;
                case "prot":
                    call.Result = Mm.Mprotect(address, length, ParseProt(call.Word(3)));
                    return true;
                case "remap":
                    call.Result = Remap(call, address, length);
                    return true;
                case "madv":
                    string name = call.Word(3).Replace("_", "", StringComparison.Ordinal);
                    Madv advice = Enum.TryParse(name, ignoreCase: true, out Madv parsed) && !char.IsAsciiDigit(name[0]) ? parsed : (Madv)(-1);
                    call.Result = Mm.Madvise(address, length, advice);
                    return true;
                case "lock":
                    call.Result = Mm.Mlock(address, length);
                    return true;
                case "lockf":
                    call.Result = Mm.Mlock(address, length, onFault: true);
                    return true;
                case "unlock":
                    call.Result = Mm.Munlock(address, length);
                    return true;
                case "lockall":
                    MlockAllFlags flags = (call.Has(1, 'c') ? MlockAllFlags.Current : 0)
                        | (call.Has(1, 'f') ? MlockAllFlags.Future : 0) | (call.Has(1, 'o') ? MlockAllFlags.OnFault : 0);
                    call.Result = Mm.MlockAll(flags);
                    return true;
                case "unlockall":
                    call.Result = Mm.MunlockAll();
                    return true;
                case "msync":
                    MsyncFlags how = (call.Has(3, 'a') ? MsyncFlags.Async : 0) | (call.Has(3, 's') ? MsyncFlags.Sync : 0)
                        | (call.Has(3, 'i') ? MsyncFlags.Invalidate : 0);
                    call.Result = Mm.Msync(address, length, how);
                    return true;
                case "limit":
                    _task.Limits = _task.Limits with { MemLock = call.Bytes(1) };
                    return true;
                case "dropcap":
                    _task.Credentials = _task.Credentials.Without(Capability.IpcLock);
                    return true;
                case "uffd":
                    call.Result = Userfault(call);
                    return true;
                case "fork":
                    Fork();
                    return true;
                default:
                    return false;
            }
        }

        private long Map(ScriptCall call, ulong address, ulong length)
        {
            MapFlags flags = call.Has(4, 'D') ? MapFlags.Droppable : call.Has(4, 's') ? MapFlags.Shared : MapFlags.Private;
            flags |= call.Has(4, 'R') ? MapFlags.FixedNoReplace : MapFlags.Fixed;
            (char Letter, MapFlags Flag)[] modifiers =
            [
                ('n', MapFlags.NoReserve), ('l', MapFlags.Locked), ('P', MapFlags.Populate), ('g', MapFlags.GrowsDown), ('k', MapFlags.Stack),
                ('H', MapFlags.HugeTlb),
            ];
            foreach ((char letter, MapFlags flag) in modifiers)
                flags |= call.Has(4, letter) ? flag : 0;
            int file = call.Number(5, -1);
            Prot prot = ParseProt(call.Word(3));
            return file < 0
                ? Mm.Mmap(address, length, prot, flags | MapFlags.Anonymous)
                : Mm.Mmap(address, length, prot, flags, _script._files[file], call.Bytes(6));
        }

        private VmFile NewFile(ScriptCall call)
        {
            ShmemFile cache = _script.Kernel.Files.CreateShmem((long)call.Bytes(2));
            if (call.Word(3) == "full")
                cache.Write(0, new byte[call.Bytes(2)]);
            return new VmFile(cache, $"F{call.Number(1)}");
        }

        private long Remap(ScriptCall call, ulong address, ulong length)
        {
            MremapFlags flags = call.Has(5, 'm') ? MremapFlags.MayMove : 0;
            ulong target = 0;
            if (call.Word(4).Length > 0 && call.Word(4)[0] != '-')
            {
                flags |= MremapFlags.MayMove | MremapFlags.Fixed;
                target = call.Address(4);
            }

            if (call.Has(5, 'd'))
                flags |= MremapFlags.DontUnmap | MremapFlags.MayMove;
            return Mm.Mremap(address, length, call.Bytes(3), flags, target);
        }

        private int Userfault(ScriptCall call)
        {
            // The descriptor is inherited by fork and stays with the address space that opened it.
            _userfault ??= Mm.OpenUserfault();
            ulong address = call.Address(2);
            ulong length = call.Bytes(3);
            return call.Word(1)[0] switch
            {
                'r' => _userfault.Mm.UserfaultRegister(_userfault, address, length),
                'u' => _userfault.Mm.UserfaultUnregister(address, length),
                _ => _userfault.Mm.UserfaultZeroPage(address, length),
            };
        }

        private static Prot ParseProt(string text)
        {
            Prot prot = Prot.None;
            foreach (char letter in text)
                prot |= letter switch { 'r' => Prot.Read, 'w' => Prot.Write, 'x' => Prot.Exec, _ => Prot.None };
            return prot;
        }
    }
}
