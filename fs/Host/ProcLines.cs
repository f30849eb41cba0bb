using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Lines of a file of the host's /proc, as bytes. A line ends at a newline and nowhere else.</summary>
internal ref struct ProcLines(SafeFileHandle file) : IDisposable
{
    private const int FirstSize = 16384;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private long _offset;
    private bool _ended;

    /// <summary>0, or the negative errno that ended the reading before the end.</summary>
    public int Error { get; private set; }

    /// <summary>The next line, without its newline; false at the end. It is good until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = rest[..length];
                _start += length + 1;
                return true;
            }

            if (!_ended && TryFill())
                continue;
            line = rest;
            _start = _end;
            return Error == 0 && !line.IsEmpty;
        }
    }

    /// <inheritdoc/>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private unsafe bool TryFill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        nint read;
        fixed (byte* room = _buffer)
        {
            do
                read = Libc.pread(file, room + _end, (nuint)(_buffer.Length - _end), _offset);
            while (read < 0 && Libc.LastError == -Errno.EINTR);
        }

        if (read > 0)
        {
            _end += (int)read;
            _offset += read;
            return true;
        }

        Error = read < 0 ? Libc.LastError : 0;
        _ended = true;
        return false;
    }
}
