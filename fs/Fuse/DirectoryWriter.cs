using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Fills the reply of READDIR and READDIRPLUS.</summary>
public unsafe ref struct DirectoryWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>A writer into <paramref name="buffer"/>.</summary>
    public DirectoryWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Whether <see cref="TryAdd"/> will succeed for a name of this length.</summary>
    public readonly bool Fits(int nameLength) => RecordLength(sizeof(fuse_dirent), nameLength) <= _buffer.Length - Length;

    /// <summary>Whether <see cref="TryAddPlus"/> will succeed for a name of this length: ask before taking the lookup.</summary>
    public readonly bool FitsPlus(int nameLength) => RecordLength(sizeof(fuse_direntplus), nameLength) <= _buffer.Length - Length;

    /// <summary>Adds an entry of READDIR, or returns false if it does not fit.</summary>
    /// <param name="name">The name, without a NUL.</param>
    /// <param name="ino">Its inode number.</param>
    /// <param name="nextOffset">Where to go on after this entry.</param>
    /// <param name="type">DT_*: the file type bits of the mode, shifted right by 12.</param>
    public bool TryAdd(scoped ReadOnlySpan<byte> name, ulong ino, ulong nextOffset, uint type)
    {
        if (!Fits(name.Length))
            return false;

        fuse_dirent entry = new() { ino = ino, off = nextOffset, namelen = (uint)name.Length, type = type };
        Append(MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_dirent>(ref entry)), name);
        return true;
    }

    /// <summary>Adds an entry of READDIRPLUS, or returns false if it does not fit.</summary>
    /// <param name="name">The name, without a NUL.</param>
    /// <param name="nextOffset">Where to go on after this entry.</param>
    /// <param name="entry">
    /// What LOOKUP would answer. With node id 0 (as "." and ".." should have) only the name, inode number and type are used.
    /// </param>
    public bool TryAddPlus(scoped ReadOnlySpan<byte> name, ulong nextOffset, in fuse_entry_out entry)
    {
        if (!FitsPlus(name.Length))
            return false;

        const int FileTypeShift = 12; // S_IFMT to DT_*
        const uint FileTypeMask = 0xF;
        fuse_direntplus plus = new()
        {
            entry_out = entry,
            dirent = new fuse_dirent
            {
                ino = entry.attr.ino,
                off = nextOffset,
                namelen = (uint)name.Length,
                type = (entry.attr.mode >> FileTypeShift) & FileTypeMask,
            },
        };
        Append(MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_direntplus>(ref plus)), name);
        return true;
    }

    // include/uapi/linux/fuse.h: FUSE_DIRENT_SIZE, FUSE_DIRENTPLUS_SIZE
    private static int RecordLength(int fixedLength, int nameLength) => (fixedLength + nameLength + 7) & ~7;

    private void Append(scoped ReadOnlySpan<byte> record, scoped ReadOnlySpan<byte> name)
    {
        Span<byte> room = _buffer.Slice(Length, RecordLength(record.Length, name.Length));
        record.CopyTo(room);
        name.CopyTo(room[record.Length..]);
        room[(record.Length + name.Length)..].Clear();
        Length += room.Length;
    }
}
