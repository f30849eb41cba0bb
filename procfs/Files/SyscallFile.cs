using System.Text;
using KernelModel;
using KernelModel.Tasks;
using KernelModel.Text;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/syscall of a task of the model: <c>echo 'mmap 0x100000 8192 rw private anon' > syscall</c> makes that call, and
/// fails as it does. Read, it shows the last call that was made through this open file, or else the task's last, as strace(1)
/// does; <c>echo help</c> and a read show all there are.
/// </summary>
internal sealed class SyscallFile(ulong id, string name, uint mode, int pid, Machine machine) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        bool found = machine.TryFind(pid, out TaskId task, out Credentials? _);
        open = found ? new SyscallOpenFile(machine, task) : null;
        return found ? 0 : -Errno.ESRCH;
    }

    private sealed class SyscallOpenFile : ProcOpenFile
    {
        private readonly Machine _machine;
        private readonly TaskId _task;
        private readonly ShownFile _shown;
        private readonly Lock _lock = new();
        private ReadOnlyMemory<byte>? _reply; // _lock; null before the first command

        public SyscallOpenFile(Machine machine, TaskId task)
        {
            (_machine, _task) = (machine, task);
            _shown = new ShownFile(ShowLast, static _ => -Errno.EIO);
        }

        public override int TextLength => _shown.TextLength;

        // Who has made a call takes the reply to it whatever the file position, which the command has moved, as from fvrange (R15).
        public override int Read(long offset, Span<byte> destination, bool forCache)
        {
            lock (_lock)
            {
                if (_reply is { } reply)
                {
                    if (forCache)
                        return -Errno.EINVAL;
                    int length = Math.Min(reply.Length, destination.Length);
                    reply.Span[..length].CopyTo(destination);
                    _reply = reply[length..];
                    return length;
                }
            }

            return _shown.Read(offset, destination, forCache);
        }

        public override int Write(ReadOnlySpan<byte> text, IProcWrite caller)
        {
            ReadOnlySpan<byte> line = Words.Trim(text);
            if (line.IsEmpty || line.Contains((byte)'\n'))
                return -Errno.EINVAL;
            if (line.SequenceEqual("help"u8))
            {
                Reply(static reply =>
                {
                    foreach (string usage in Machine.CallTable)
                        reply.Add(usage).EndLine();
                });
                return text.Length;
            }

            var call = new PendingSyscall(
                _machine, _task, Encoding.UTF8.GetString(line), text.Length, caller, record => Reply(reply => record?.AddTo(reply)));
            caller.Waits(call.Cancel);
            call.Run();
            return Waits;
        }

        private int ShowLast(ProcText text)
        {
            int error = _machine.LastCall(_task, out SyscallRecord? record);
            record?.AddTo(text);
            return error;
        }

        private void Reply(Action<ProcText> render)
        {
            var text = new ProcText();
            render(text);
            lock (_lock)
                _reply = text.Written;
        }
    }
}
