namespace KernelModel;

/// <summary>The errno values of Linux on x86-64 and arm64. Results carry them negated.</summary>
public static class Errno
{
#pragma warning disable CS1591 // The names are the documentation: errno(3).
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int E2BIG = 7;
    public const int EBADF = 9;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int ENOSPC = 28;
    public const int ERANGE = 34;
    public const int ENOSYS = 38;
    public const int EOVERFLOW = 75;
    public const int EOPNOTSUPP = 95;

    /// <summary>The kernel's own: the call was not made yet and is to be made again. Nobody outside ever sees it.</summary>
    internal const int ERESTARTSYS = 512;
#pragma warning restore CS1591

    private static readonly Dictionary<int, string> s_names = new()
    {
        [EPERM] = "EPERM",
        [ENOENT] = "ENOENT",
        [ESRCH] = "ESRCH",
        [EINTR] = "EINTR",
        [EIO] = "EIO",
        [ENXIO] = "ENXIO",
        [E2BIG] = "E2BIG",
        [EBADF] = "EBADF",
        [ECHILD] = "ECHILD",
        [EAGAIN] = "EAGAIN",
        [ENOMEM] = "ENOMEM",
        [EACCES] = "EACCES",
        [EFAULT] = "EFAULT",
        [EBUSY] = "EBUSY",
        [EEXIST] = "EEXIST",
        [ENODEV] = "ENODEV",
        [EINVAL] = "EINVAL",
        [ENFILE] = "ENFILE",
        [ENOSPC] = "ENOSPC",
        [ERANGE] = "ERANGE",
        [ENOSYS] = "ENOSYS",
        [EOVERFLOW] = "EOVERFLOW",
        [EOPNOTSUPP] = "EOPNOTSUPP",
    };

    /// <summary>The name of an errno as in <c>&lt;errno.h&gt;</c>, or <c>E</c> and the number.</summary>
    /// <param name="errno">The positive number.</param>
    public static string Name(int errno) => s_names.TryGetValue(errno, out string? name) ? name : $"E{errno}";
}
