using Fs.Tmpfs;

namespace Fs.Mount;

/// <summary>
/// An open directory: how far its listing goes. A name made after it was opened or rewound is not listed, so a program that
/// renames or makes anew what it is given comes to an end (fs/libfs.c: offset_readdir).
/// </summary>
/// <param name="directory">The directory.</param>
/// <param name="uid">Whose share of open files it counts against.</param>
internal sealed class OpenDirectory(DirectoryInode directory, uint uid)
{
    // The cookie of the first name that is too late; under the directory's monitor.
    private ulong _end;

    public DirectoryInode Directory => directory;

    public uint Uid => uid;

    /// <summary>The entries from one on; the caller holds the directory's monitor.</summary>
    /// <param name="offset">Where the listing is; 0 starts it, as rewinddir(3) does.</param>
    public ReadOnlySpan<DirectoryEntry> EntriesFrom(ulong offset)
    {
        if (offset == 0)
            Rewind();
        return directory.EntriesBetween(offset, _end);
    }

    /// <summary>What there is by now is listed. The caller holds the directory's monitor.</summary>
    public void Rewind() => _end = directory.NextCookie;
}
