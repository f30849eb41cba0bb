using Fuse;

namespace Fs.Tmpfs;

/// <summary>The extended attributes of one inode, guarded by its monitor.</summary>
internal sealed class ExtendedAttributes
{
    /// <summary>XATTR_SIZE_MAX.</summary>
    public const int MaxValueSize = 65536;

    private const int XATTR_CREATE = 1;
    private const int XATTR_REPLACE = 2;

    private readonly Dictionary<byte[], byte[]> _values = new(NameComparer.Instance);

    /// <summary>The name spaces a tmpfs keeps; which caller may use which the kernel has checked.</summary>
    public static bool IsSupported(ReadOnlySpan<byte> name)
        => name.StartsWith("user."u8) || name.StartsWith("trusted."u8) || name.StartsWith("security."u8);

    public bool TryGet(ReadOnlySpan<byte> name, out byte[]? value)
        => _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out value);

    public int Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint flags)
    {
        var values = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
        bool exists = values.ContainsKey(name);
        if (exists && (flags & XATTR_CREATE) != 0)
            return -Errno.EEXIST;
        if (!exists && (flags & XATTR_REPLACE) != 0)
            return -Errno.ENODATA;
        values[name] = value.ToArray();
        return 0;
    }

    public bool Remove(ReadOnlySpan<byte> name) => _values.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);

    /// <summary>Names, each with its NUL; trusted ones only for who may see them.</summary>
    public byte[] List(bool trusted)
    {
        var list = new List<byte>();
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
