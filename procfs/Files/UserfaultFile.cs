using System.Globalization;
using System.Text;
using KernelModel;
using KernelModel.Mm;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/userfault of a task of the model: a line for each access that waits for a page of a MADV_USERFAULT area, with the
/// exact address and <c>r</c> or <c>w</c> (R61). Each goes to one open file.
/// </summary>
internal sealed class UserfaultFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, bool canRead)
        => canRead ? new UserfaultOpenFile(Machine, task) : new ShownFile(static _ => -Errno.EINVAL, static _ => -Errno.EIO);

    private sealed class UserfaultOpenFile : ProcStream
    {
        private readonly FaultReader _reader;

        // Its gate guards these. While a read waits there is nothing to read.
        private readonly LinkedList<(int Size, IProcCall Caller)> _waiting = [];
        private ReadOnlyMemory<byte> _rest; // of a line of which a read took the beginning
        private Action? _changed;

        public UserfaultOpenFile(Machine machine, TaskId task) => _reader = machine.OpenFaults(task, Serve);

        private bool IsReadable => !_rest.IsEmpty || _reader.HasFault || _reader.IsEnded;

        public override void Read(int size, bool mayWait, IProcCall caller)
        {
            ReadOnlyMemory<byte>? next = null;
            lock (_reader.Gate)
            {
                bool isReadable = IsReadable;
                if (!isReadable && mayWait)
                {
                    LinkedListNode<(int, IProcCall)> place = _waiting.AddLast((size, caller));
                    caller.Waits(() => Forget(place));
                    return;
                }

                // First: what is taken is told to one who hears it.
                if (!caller.TryClaim())
                    return;
                if (isReadable)
                    next = Take(size);
            }

            if (next is { } bytes)
                caller.Complete(bytes.Span);
            else
                caller.Complete(-Errno.EAGAIN);
        }

        public override Readiness Poll(Action? changed)
        {
            lock (_reader.Gate)
            {
                _changed = changed ?? _changed;
                return (IsReadable ? Readiness.Readable : Readiness.None) | (_reader.IsEnded ? Readiness.Ended : Readiness.None);
            }
        }

        public override void Release() => _reader.Close();

        // There is more to read. The gate is held.
        private void Serve()
        {
            while (_waiting.First is { } place && IsReadable)
            {
                _waiting.Remove(place);
                (int size, IProcCall caller) = place.Value;
                if (!caller.TryClaim())
                    continue;
                ReadOnlyMemory<byte> next = Take(size);
                caller.Queue(() => caller.Complete(next.Span));
            }

            // Also to one who was told of what is there already: an edge-triggered poller asks only when it hears of more.
            (Action? changed, _changed) = (_changed, null);
            changed?.Invoke();
        }

        // The next bytes of the stream, none at its end. The gate is held.
        private ReadOnlyMemory<byte> Take(int size)
        {
            if (_rest.IsEmpty && _reader.TryTake(out UserFault fault))
                _rest = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0x{fault.Address:x} {(fault.IsWrite ? 'w' : 'r')}\n"));
            ReadOnlyMemory<byte> next = _rest[..Math.Min(size, _rest.Length)];
            _rest = _rest[next.Length..];
            return next;
        }

        private void Forget(LinkedListNode<(int, IProcCall)> place)
        {
            lock (_reader.Gate)
                place.List?.Remove(place);
        }
    }
}
