namespace Fs.Tmpfs;

/// <summary>A place in the listing of a directory: a name, or the hole that one left.</summary>
internal struct DirectoryEntry
{
    /// <summary>The name, without a NUL; null in a hole.</summary>
    public byte[]? Name;

    /// <summary>What it names; null in a hole.</summary>
    public Inode? Inode;

    /// <summary>The place in the listing; it never changes while the name exists.</summary>
    public ulong Cookie;

    /// <summary>Index of the next entry in the same bucket of <see cref="NameTable"/>, or -1.</summary>
    internal int Next;

    internal int Hash;
}
