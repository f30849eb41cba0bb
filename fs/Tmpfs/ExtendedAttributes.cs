namespace Fs.Tmpfs;

/// <summary>The extended attributes of one inode, guarded by its monitor and charged to the space of all inodes.</summary>
internal sealed class ExtendedAttributes(InodeSpace space)
{
    /// <summary>XATTR_SIZE_MAX.</summary>
    public const int MaxValueSize = 65536;

    /// <summary>XATTR_LIST_MAX: names beyond it could not be listed.</summary>
    public const int MaxNamesSize = 65536;

    /// <summary>What the attributes of one inode may take altogether, in bytes.</summary>
    public const int MaxSpace = 1 << 20;

    // What one takes beside its name and value (fs/xattr.c: simple_xattr_space).
    private const int Overhead = 40;

    private const int XATTR_CREATE = 1;
    private const int XATTR_REPLACE = 2;

    private readonly Dictionary<byte[], byte[]> _values = new(NameComparer.Instance);
    private int _namesSize; // each with its NUL

    /// <summary>Bytes charged.</summary>
    public long Space { get; private set; }

    private Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> Values => _values.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>
    /// Whether a name lies in one of the name spaces that a tmpfs keeps (fs/xattr.c: xattr_resolve_name); which caller may
    /// use which the kernel has checked.
    /// </summary>
    /// <returns>0, -EINVAL for a name space alone, -EOPNOTSUPP for another one.</returns>
    public static int CheckName(ReadOnlySpan<byte> name)
    {
        int prefix = LengthIn(name, "user."u8) + LengthIn(name, "trusted."u8) + LengthIn(name, "security."u8);
        if (prefix == 0)
            return -Errno.EOPNOTSUPP;
        return name.Length == prefix ? -Errno.EINVAL : 0;

        static int LengthIn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) => name.StartsWith(prefix) ? prefix.Length : 0;
    }

    public bool TryGet(ReadOnlySpan<byte> name, out byte[]? value) => Values.TryGetValue(name, out value);

    /// <returns>0, -EEXIST and -ENODATA by the flags, -ENOSPC when the inode or all of them have too much.</returns>
    public int Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint flags)
    {
        var values = Values;
        bool exists = values.TryGetValue(name, out byte[]? before);
        if (exists && (flags & XATTR_CREATE) != 0)
            return -Errno.EEXIST;
        if (!exists && (flags & XATTR_REPLACE) != 0)
            return -Errno.ENODATA;

        int names = exists ? 0 : name.Length + 1;
        long more = exists ? value.Length - before!.Length : Overhead + name.Length + value.Length;
        if (_namesSize + names > MaxNamesSize || Space + more > MaxSpace || !space.TryCharge(more))
            return -Errno.ENOSPC;
        _namesSize += names;
        Space += more;
        values[name] = value.ToArray();
        return 0;
    }

    public bool Remove(ReadOnlySpan<byte> name)
    {
        if (!Values.Remove(name, out _, out byte[]? value))
            return false;
        long less = Overhead + name.Length + value.Length;
        _namesSize -= name.Length + 1;
        Space -= less;
        space.Uncharge(less);
        return true;
    }

    /// <summary>Names, each with its NUL; trusted ones only for who may see them.</summary>
    public byte[] List(bool trusted)
    {
        var list = new List<byte>(_namesSize);
        foreach (byte[] name in _values.Keys)
        {
            if (!trusted && name.AsSpan().StartsWith("trusted."u8))
                continue;
            list.AddRange(name);
            list.Add(0);
        }

        return [.. list];
    }
}
