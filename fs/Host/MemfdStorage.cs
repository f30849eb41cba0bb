using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Bytes in memfds, one a file that has any: needs no right, but a descriptor for each file.</summary>
internal sealed class MemfdStorage(long limitPages) : IBackingStorage
{
    private readonly BlockQuota _quota = new(limitPages);

    /// <inheritdoc/>
    public long LimitPages => _quota.Limit;

    /// <inheritdoc/>
    public long UsedPages => _quota.Used;

    /// <inheritdoc/>
    public long ExcessPages => _quota.Excess;

    /// <inheritdoc/>
    public long AwaitFrees()
    {
        long before = _quota.Used;
        Thread.Sleep(1);
        return Math.Max(0, before - _quota.Used);
    }

    /// <inheritdoc/>
    public IBackingStore? Create()
    {
        SafeFileHandle file = Libc.memfd_create("vrangefs", Libc.MFD_CLOEXEC);
        return file.IsInvalid ? null : new MemfdStore(file, _quota);
    }
}
