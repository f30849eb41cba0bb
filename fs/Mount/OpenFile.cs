using Fs.Tmpfs;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>What an open file of the mount is to the daemon (linux: struct file).</summary>
/// <param name="Inode">The file, null for one of proc.</param>
/// <param name="Flags">O_* of the open.</param>
/// <param name="Proc">The open file of proc.</param>
/// <param name="Uid">Whose share of open files it counts against: who opened it.</param>
internal sealed record OpenFile(Inode? Inode, uint Flags, ProcOpenFile? Proc, uint Uid)
{
    private const uint O_ACCMODE = 3;

    public bool CanRead => (Flags & O_ACCMODE) != 1;

    public bool CanWrite => (Flags & O_ACCMODE) != 0;

    public bool CanMapWritable => IsMappableForWriting(Flags);

    /// <summary>mm/mmap.c: a shared writable mapping needs a descriptor for both.</summary>
    public static bool IsMappableForWriting(uint flags) => (flags & O_ACCMODE) == 2;
}
