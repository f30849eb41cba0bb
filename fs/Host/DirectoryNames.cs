using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Takes a name, which may hold any bytes.</summary>
internal delegate void TakeName<in T>(ReadOnlySpan<byte> name, T into);

/// <summary>The names in a directory (getdents64(2): struct linux_dirent64).</summary>
internal static class DirectoryNames
{
    private const int LengthAt = 16;
    private const int NameAt = 19;

    /// <summary>Reads all of them but the dots.</summary>
    /// <returns>0, or a negative errno.</returns>
    public static unsafe int Read<T>(SafeFileHandle directory, T into, TakeName<T> take)
    {
        Span<byte> buffer = stackalloc byte[8192];
        while (true)
        {
            long length;
            fixed (byte* room = buffer)
                length = Libc.getdents64(directory, room, (nuint)buffer.Length);
            if (length <= 0)
                return length < 0 ? Libc.LastError : 0;
            for (ReadOnlySpan<byte> rest = buffer[..(int)length]; !rest.IsEmpty;)
            {
                ushort record = BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthAt..]);
                ReadOnlySpan<byte> name = rest[NameAt..record];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    take(name, into);
                rest = rest[record..];
            }
        }
    }
}
