using System.Runtime.InteropServices;

namespace Fuse;

// include/uapi/linux/io_uring.h
internal static unsafe partial class Libc
{
    // The same numbers on every architecture; the C library has no wrappers.
    internal const nint SYS_io_uring_setup = 425;
    internal const nint SYS_io_uring_enter = 426;

    internal const uint IORING_SETUP_CQSIZE = 1 << 3;
    internal const uint IORING_SETUP_SUBMIT_ALL = 1 << 7;
    internal const uint IORING_SETUP_SQE128 = 1 << 10;
    internal const uint IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    internal const uint IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    internal const uint IORING_FEAT_SINGLE_MMAP = 1 << 0;
    internal const nint IORING_ENTER_GETEVENTS = 1 << 0;
    internal const nint IORING_OFF_SQ_RING = 0;
    internal const nint IORING_OFF_SQES = 0x10000000;
    internal const byte IORING_OP_POLL_ADD = 6;
    internal const byte IORING_OP_URING_CMD = 46;
    internal const uint POLLIN = 1;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int MAP_NORESERVE = 0x4000;
    internal const int MAP_POPULATE = 0x8000;
    internal const nint MAP_FAILED = -1;
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setaffinity(int thread, nuint length, void* mask);

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoUringParams
    {
        internal uint sq_entries;
        internal uint cq_entries;
        internal uint flags;
        internal uint sq_thread_cpu;
        internal uint sq_thread_idle;
        internal uint features;
        internal uint wq_fd;
        internal fixed uint resv[3];
        internal IoUringOffsets sq_off;
        internal IoUringOffsets cq_off;
    }

    /// <summary>struct io_sqring_offsets and struct io_cqring_offsets: the same size, other names from the fifth field on.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoUringOffsets
    {
        internal uint head;
        internal uint tail;
        internal uint ring_mask;
        internal uint ring_entries;
        internal uint sq_flags_cq_overflow;
        internal uint sq_dropped_cq_cqes;
        internal uint sq_array_cq_flags;
        internal uint resv1;
        internal ulong user_addr;
    }

    /// <summary>struct io_uring_sqe with IORING_SETUP_SQE128, as far as it is used here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct IoUringSqe
    {
        internal byte opcode;
        internal byte flags;
        internal ushort ioprio;
        internal int fd;
        internal FuseUringCommand cmd_op;
        internal uint pad1;
        internal ulong addr;
        internal uint len;
        internal uint op_flags;
        internal ulong user_data;
        internal ulong unused;
        internal fuse_uring_cmd_req cmd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoUringCqe
    {
        internal ulong user_data;
        internal int res;
        internal uint flags;
    }
}
