using System.Buffers.Binary;
using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The names of a directory that are numbers (getdents64(2): struct linux_dirent64).</summary>
internal static class DirectoryNumbers
{
    private const int LengthAt = 16;
    private const int NameAt = 19;

    /// <summary>Reads all of them.</summary>
    /// <returns>0, or a negative errno.</returns>
    public static unsafe int Read(SafeFileHandle directory, List<int> numbers)
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
                if (Utf8Parser.TryParse(name, out int number, out int used) && used == name.Length)
                    numbers.Add(number);
                rest = rest[record..];
            }
        }
    }
}
