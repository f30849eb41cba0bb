using System.Runtime.InteropServices;
using System.Text;

namespace Fuse.Testing;

/// <summary>Puts messages together from structs, names and bytes.</summary>
internal static class Wire
{
    internal static byte[] Of<T>(in T value)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    internal static byte[] Name(string name) => Encoding.UTF8.GetBytes(name + "\0");

    internal static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    internal static T As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged
        => MemoryMarshal.Read<T>(bytes);

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
