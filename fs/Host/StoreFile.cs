using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The open file of a <see cref="TmpfsStore"/>; few stores have one. The lock of the private tmpfs guards it.</summary>
internal sealed class StoreFile(TmpfsStore store, SafeFileHandle handle)
{
    /// <summary>Whose file it is.</summary>
    public TmpfsStore Store { get; set; } = store;

    /// <summary>The descriptor; it may be used without the lock by who has acquired the store.</summary>
    public SafeFileHandle Handle { get; } = handle;

    /// <summary>Number of the file with the kernel, 0 for none.</summary>
    public int BackingId { get; set; }

    /// <summary>Who has acquired the store.</summary>
    public int Users { get; set; }

    /// <summary>Whether it is in the list of those that nobody uses.</summary>
    public bool IsIdle { get; set; }

    public StoreFile? Older { get; set; }

    public StoreFile? Younger { get; set; }
}
