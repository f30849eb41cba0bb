using System.Text;

namespace Fuse.TestServer;

internal sealed partial class MemoryFileSystem
{
    public override int SetXAttr(FuseRequest request, ulong node, in fuse_setxattr_in arg, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        lock (_lock)
            _nodes[node].Attributes[Encoding.UTF8.GetString(name)] = value.ToArray();
        return 0;
    }

    public override int GetXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name, Span<byte> value, uint size)
    {
        lock (_lock)
        {
            if (!_nodes[node].Attributes.TryGetValue(Encoding.UTF8.GetString(name), out byte[]? found))
                return -Errno.ENODATA;
            if (size != 0 && found.Length > size)
                return -Errno.ERANGE;
            if (size != 0)
                found.CopyTo(value);
            return found.Length;
        }
    }
}
