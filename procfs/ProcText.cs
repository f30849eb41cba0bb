using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace ProcFs;

/// <summary>The text of a file while it is rendered (linux: struct seq_file). Bytes, because paths are bytes.</summary>
public sealed partial class ProcText
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Takes everything back, and keeps the room.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Plain text.</summary>
    public ProcText Add(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    /// <summary>A number in decimal.</summary>
    public ProcText Add(long number)
    {
        Span<byte> room = _buffer.GetSpan(20);
        number.TryFormat(room, out int length, default, CultureInfo.InvariantCulture);
        _buffer.Advance(length);
        return this;
    }

    /// <summary>A number in hex, at least <paramref name="width"/> digits.</summary>
    public ProcText AddHex(ulong number, int width)
    {
        Span<byte> room = _buffer.GetSpan(32);
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $"{number:x}", out int length);
        int pad = Math.Max(0, width - length);
        room[..length].CopyTo(room[pad..]);
        room[..pad].Fill((byte)'0');
        _buffer.Advance(pad + length);
        return this;
    }

    /// <summary>Bytes as they are.</summary>
    public ProcText Add(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>Blanks up to a length of the whole (fs/seq_file.c: seq_pad).</summary>
    public ProcText PadTo(int length)
    {
        int pad = length - _buffer.WrittenCount;
        if (pad > 0)
        {
            _buffer.GetSpan(pad)[..pad].Fill((byte)' ');
            _buffer.Advance(pad);
        }

        return this;
    }

    /// <summary>A path as maps has it, with newlines as <c>\012</c> (fs/seq_file.c: mangle_path).</summary>
    public ProcText AddMapsPath(string path)
    {
        foreach (Range line in path.AsSpan().Split('\n'))
        {
            if (line.Start.Value > 0)
                Add("\\012");
            Encoding.UTF8.GetBytes(path.AsSpan(line), _buffer);
        }

        return this;
    }

    /// <summary>The path of a file of the mount, in the same way.</summary>
    public ProcText AddMapsPath(IMountFile file)
    {
        byte[] path = file.Path(out bool isDeleted);
        AddEscaped(path, "\n"u8);
        return isDeleted ? Add(" (deleted)") : this;
    }

    /// <summary>
    /// A path that proc/fvrange takes for this very file: backslashes are escaped too, and blanks where the line would lose
    /// them, or be taken for that of a file without a name.
    /// </summary>
    public ProcText AddFvrangePath(IMountFile file)
    {
        ReadOnlySpan<byte> path = file.Path(out bool isDeleted);
        bool endsInBlanks = path[^1] is (byte)' ' or (byte)'\t' || path.EndsWith(" (deleted)"u8);
        AddEscaped(path, endsInBlanks ? " \t\n\\"u8 : "\n\\"u8);
        return isDeleted ? Add(" (deleted)") : this;
    }

    // Three octal digits behind a backslash.
    private void AddEscaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> characters)
    {
        while (text.IndexOfAny(characters) is int plain and >= 0)
        {
            byte character = text[plain];
            _buffer.Write(text[..plain]);
            _buffer.Write([(byte)'\\', (byte)('0' + (character >> 6)), (byte)('0' + ((character >> 3) & 7)), (byte)('0' + (character & 7))]);
            text = text[(plain + 1)..];
        }

        _buffer.Write(text);
    }

    /// <summary>A newline.</summary>
    public ProcText EndLine() => Add("\n");
}
