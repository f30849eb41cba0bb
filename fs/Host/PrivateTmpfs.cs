using System.Globalization;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// Bytes in a tmpfs that is mounted nowhere: only this process can reach it, and it goes with it. It keeps the limit of the
/// mount itself. Files are named by number and open only while in use, or recently used, so a million of them need no
/// million descriptors. Needs the right to mount.
/// </summary>
internal sealed partial class PrivateTmpfs : IBackingStorage, IDisposable
{
    // Without a limit tmpfs counts nothing, so there always is one.
    private const long Unlimited = 1L << 50;

    private readonly SafeFileHandle _root;
    private readonly Lock _limitLock = new();
    private long _raised; // pages above the limit that the tmpfs allows now; under _limitLock

    private PrivateTmpfs(SafeFileHandle root, long limitPages)
    {
        _root = root;
        LimitPages = limitPages;
    }

    /// <summary>Where files are registered for passthrough; set once, before the first request.</summary>
    public IBackingRegistry? Registry { get; set; }

    /// <inheritdoc/>
    public long LimitPages { get; }

    /// <inheritdoc/>
    public long UsedPages
    {
        get
        {
            // A file that is being removed counts no more.
            lock (_freeLock)
                return Libc.fstatfs(_root, out Libc.Statfs stat) < 0 ? 0 : (long)(stat.f_blocks - stat.f_bfree);
        }
    }

    /// <inheritdoc/>
    public long ExcessPages
    {
        get
        {
            if (Interlocked.Read(ref _raised) == 0)
                return 0;
            long excess = Math.Max(0, UsedPages - LimitPages);
            if (excess == 0)
                SetAllowance(0);
            return excess;
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="limitPages">Pages of data, 0 for no limit.</param>
    /// <param name="noswap">The option of tmpfs, Linux 6.4.</param>
    /// <param name="error">Negative errno when null is returned.</param>
    public static PrivateTmpfs? TryCreate(long limitPages, bool noswap, out int error)
    {
        error = 0;
        using SafeFileHandle fs = Libc.fsopen("tmpfs", Libc.FSOPEN_CLOEXEC);
        if (fs.IsInvalid
            || Libc.fsconfig(fs, Libc.FSCONFIG_SET_STRING, "nr_blocks", Number(limitPages == 0 ? Unlimited : limitPages)) < 0
            || Libc.fsconfig(fs, Libc.FSCONFIG_SET_STRING, "nr_inodes", "0") < 0
            || (noswap && Libc.fsconfig(fs, Libc.FSCONFIG_SET_FLAG, "noswap", null) < 0)
            || Libc.fsconfig(fs, Libc.FSCONFIG_CMD_CREATE, null, null) < 0)
        {
            error = Libc.LastError;
            return null;
        }

        SafeFileHandle root = Libc.fsmount(fs, Libc.FSMOUNT_CLOEXEC, 0);
        if (!root.IsInvalid)
            return new PrivateTmpfs(root, limitPages);
        error = Libc.LastError;
        return null;
    }

    /// <summary>
    /// R17: allows so many pages above the limit, which purging can free again. A limit below what is stored is refused
    /// by tmpfs; then the old one stays until the next call.
    /// </summary>
    public void Allow(long pages)
    {
        if (LimitPages > 0 && Interlocked.Read(ref _raised) != pages)
            SetAllowance(pages);
    }

    /// <summary>With passthrough: pages that may be allowed above the limit at most (R17); 0 while it is far.</summary>
    public long MaxAllowance { get; set; }

    /// <inheritdoc/>
    public bool NeedsPurgeable => MaxAllowance > 0;

    /// <summary>R17: the writer who comes next may not wait for the poller to see the mark.</summary>
    public void AddPurgeable(long pages)
    {
        if (pages == 0)
            return;
        lock (_limitLock)
            SetAllowanceLocked(Math.Max(_raised, Math.Min(_raised + pages, MaxAllowance)));
    }

    /// <summary>Makes room above the limit for data that must not be refused (R17).</summary>
    public void Raise(long pages)
    {
        lock (_limitLock)
        {
            if (LimitPages > 0)
                SetAllowanceLocked(Math.Max(_raised, UsedPages - LimitPages) + pages);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseAll();
        _root.Dispose();
    }

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void SetAllowance(long pages)
    {
        lock (_limitLock)
            SetAllowanceLocked(pages);
    }

    // A tmpfs refuses a limit below what it holds: then the old one stays until more was purged.
    private void SetAllowanceLocked(long pages)
    {
        using SafeFileHandle fs = Libc.fspick(_root, Libc.FSPICK_CLOEXEC | Libc.FSPICK_EMPTY_PATH);
        if (!fs.IsInvalid
            && Libc.fsconfig(fs, Libc.FSCONFIG_SET_STRING, "nr_blocks", Number(LimitPages + pages)) == 0
            && Libc.fsconfig(fs, Libc.FSCONFIG_CMD_RECONFIGURE, null, null) == 0)
            Interlocked.Exchange(ref _raised, pages);
    }
}
