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
internal sealed class SyscallFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, bool canRead) => new SyscallOpenFile(Machine, task);

    private sealed class SyscallOpenFile : ProcOpenFile
    {
        private readonly Machine _machine;
        private readonly TaskId _task;
        private readonly ShownFile _shown;
        private readonly CommandReply _reply = new();

        public SyscallOpenFile(Machine machine, TaskId task)
        {
            (_machine, _task) = (machine, task);
            _shown = new ShownFile(ShowLast, static _ => -Errno.EIO);
        }

        public override int TextLength => _shown.TextLength;

        // Who has made a call takes the reply to it, everybody else the last one.
        public override int Read(long offset, Span<byte> destination, bool forCache)
            => _reply.Take(destination, forCache) ?? _shown.Read(offset, destination, forCache);

        public override int Write(ReadOnlySpan<byte> text, IProcCall caller)
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
            _reply.Set(text.Written);
        }
    }
}
