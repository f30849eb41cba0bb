using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The open file of a <see cref="TmpfsStore"/>; few stores have one. The lock of the private tmpfs guards it.</summary>
internal sealed class StoreFile(TmpfsStore store, SafeFileHandle handle)
{
    /// <summary>Whose file it is.</summary>
    public TmpfsStore Store { get; set; } = store;

    /// <summary>The descriptor; it may be used without the lock by who has pinned the file.</summary>
    public SafeFileHandle Handle { get; } = handle;

    /// <summary>Calls on the descriptor that are under way: it may not be closed.</summary>
    public int Pins { get; set; }

    /// <summary>Whether it is in the list of those that may be closed.</summary>
    public bool IsIdle { get; set; }

    public StoreFile? Older { get; set; }

    public StoreFile? Younger { get; set; }
}
