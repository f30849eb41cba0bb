namespace Fs.Tmpfs;

/// <summary>st_mode: the file types and the permission bits, with the names of &lt;sys/stat.h&gt;.</summary>
internal static class FileMode
{
    public const uint S_IFMT = 0xF000;
    public const uint S_IFIFO = 0x1000;
    public const uint S_IFCHR = 0x2000;
    public const uint S_IFDIR = 0x4000;
    public const uint S_IFBLK = 0x6000;
    public const uint S_IFREG = 0x8000;
    public const uint S_IFLNK = 0xA000;
    public const uint S_IFSOCK = 0xC000;

    public const uint S_ISUID = 0x800;
    public const uint S_ISGID = 0x400;
    public const uint S_ISVTX = 0x200;
    public const uint S_IXGRP = 0x8;
    public const uint S_IWOTH = 0x2;

    /// <summary>Everything chmod sets.</summary>
    public const uint PermissionBits = 0xFFF;

    /// <summary>
    /// The mode without what a changed file may not keep: set-user-ID, and set-group-ID (fs/attr.c: setattr_should_drop_suidgid).
    /// </summary>
    /// <param name="mode">The mode.</param>
    /// <param name="keepSetGroupId">
    /// Whether set-group-ID stays where the group may not execute: who is in the group, or has CAP_FSETID, keeps it.
    /// </param>
    public static uint Unprivileged(uint mode, bool keepSetGroupId)
        => mode & ~(S_ISUID | ((mode & S_IXGRP) != 0 || !keepSetGroupId ? S_ISGID : 0));

    public static bool IsDirectory(uint mode) => (mode & S_IFMT) == S_IFDIR;

    public static bool IsRegular(uint mode) => (mode & S_IFMT) == S_IFREG;

    public static bool IsSymlink(uint mode) => (mode & S_IFMT) == S_IFLNK;
}
