using KernelModel;
using KernelModel.Views;
using ProcFs.Nodes;
using ProcFs.Text;

namespace ProcFs.Files;

/// <summary>
/// An open maps or smaps. It is rendered a part at a time as it is read on, and from the start again when it is read at the start
/// or backwards (linux: seq_file), so that who has it open makes the daemon keep a part and never all of it.
/// </summary>
internal sealed class AreaStream(Machine machine, TaskId task, bool withUsage) : ProcOpenFile
{
    private readonly Lock _lock = new();

    // _lock guards all of them.
    private readonly List<AreaView> _areas = [];
    private readonly ProcText _part = new();
    private long _partStart;
    private ulong _nextAddress;
    private bool _isLast;

    /// <inheritdoc/>
    public override int TextLength
    {
        get
        {
            // What has not ended goes on: the kernel reads for its cache as far as it has been told.
            lock (_lock)
                return (int)Math.Min(_partStart + _part.Written.Length + (_isLast ? 0 : 1), int.MaxValue);
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination, bool forCache)
    {
        lock (_lock)
        {
            if (offset < _partStart || (offset == 0 && !forCache))
                Restart();
            int done = 0;
            while (done < destination.Length)
            {
                long at = offset + done - _partStart;
                if (at < _part.Written.Length)
                {
                    ReadOnlySpan<byte> rest = _part.Written.Span[(int)at..];
                    int length = Math.Min(rest.Length, destination.Length - done);
                    rest[..length].CopyTo(destination[done..]);
                    done += length;
                    continue;
                }

                int areas = _isLast ? 0 : RenderNext();
                if (areas <= 0)
                    return done > 0 ? done : areas;
            }

            return done;
        }
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> text, IProcCall caller) => -Errno.EINVAL;

    private void Restart()
    {
        _part.Clear();
        (_partStart, _nextAddress, _isLast) = (0, 0, false);
    }

    private int RenderNext()
    {
        _areas.Clear();
        int count = machine.ReadAreas(task, withUsage, ref _nextAddress, _areas);
        _isLast = count == 0;
        if (count <= 0)
            return count;
        _partStart += _part.Written.Length;
        _part.Clear();
        foreach (AreaView area in _areas)
        {
            if (withUsage)
                _part.AddSmaps(area);
            else
                _part.AddMaps(area);
        }

        return count;
    }
}
