using System.Runtime.InteropServices;

namespace Fs.Host;

/// <summary>
/// The calls that change the rights of one thread. The C library's own change all threads of a process (nptl(7)), so the kernel is
/// called by number.
/// </summary>
internal static partial class Libc
{
    private static readonly bool s_isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static long SYS_setgroups => s_isArm ? 159 : 116;

    private static long SYS_setresuid => s_isArm ? 147 : 117;

    private static long SYS_setresgid => s_isArm ? 149 : 119;

    private static long SYS_capget => s_isArm ? 90 : 125;

    private static long SYS_capset => s_isArm ? 91 : 126;

    /// <summary>Sets the supplementary groups of this thread.</summary>
    public static unsafe int SetThreadGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* first = groups)
            return (int)syscall_pointer(SYS_setgroups, groups.Length, first);
    }

    /// <summary>Sets the effective uid, and with it the fsuid, of this thread.</summary>
    public static int SetThreadUid(uint uid) => (int)syscall_ids(SYS_setresuid, -1, uid, -1);

    /// <summary>Sets the effective gid, and with it the fsgid, of this thread.</summary>
    public static int SetThreadGid(uint gid) => (int)syscall_ids(SYS_setresgid, -1, gid, -1);

    /// <summary>The capabilities of this thread.</summary>
    public static unsafe int GetThreadCapabilities(out CapabilitySets sets)
    {
        CapabilityHeader header = CapabilityHeader.OfThisThread;
        fixed (CapabilitySets* into = &sets)
            return (int)syscall_capabilities(SYS_capget, &header, into);
    }

    /// <summary>Sets the capabilities of this thread.</summary>
    public static unsafe int SetThreadCapabilities(in CapabilitySets sets)
    {
        CapabilityHeader header = CapabilityHeader.OfThisThread;
        fixed (CapabilitySets* from = &sets)
            return (int)syscall_capabilities(SYS_capset, &header, from);
    }

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int getgroups(int size, uint* list);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static unsafe partial long syscall_pointer(long number, nint count, void* list);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static partial long syscall_ids(long number, nint real, nuint effective, nint saved);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static unsafe partial long syscall_capabilities(long number, CapabilityHeader* header, CapabilitySets* sets);

    /// <summary>struct __user_cap_data_struct[2].</summary>
    public struct CapabilitySets
    {
        private uint _effectiveLow;
        private uint _permittedLow;
        private readonly uint _inheritableLow;
        private uint _effectiveHigh;
        private uint _permittedHigh;
        private readonly uint _inheritableHigh;

        public ulong Effective
        {
            readonly get => _effectiveLow | ((ulong)_effectiveHigh << 32);
            set => (_effectiveLow, _effectiveHigh) = ((uint)value, (uint)(value >> 32));
        }
    }

    // struct __user_cap_header_struct
    private struct CapabilityHeader
    {
        private const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;

        private uint _version;
        private readonly int _pid;

        public static CapabilityHeader OfThisThread => new() { _version = LINUX_CAPABILITY_VERSION_3 };
    }
}
