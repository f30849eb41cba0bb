using KernelModel;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/mem of a task of the model: its memory, at its addresses (linux: fs/proc/base.c, mem_rw).</summary>
internal sealed class ModelMemFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials) => CheckMemory(opener, task, credentials);

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead) => new MemOpenFile(Machine, task);

    private sealed class MemOpenFile(Machine machine, TaskId task) : ProcOpenFile
    {
        /// <inheritdoc/>
        public override bool TakesParts => true;

        /// <inheritdoc/>
        public override int Read(long offset, Span<byte> destination, bool forCache)
            => machine.ReadMemory(task, (ulong)offset, destination);

        /// <inheritdoc/>
        public override int Write(ReadOnlySpan<byte> text, IProcCall caller)
            => machine.WriteMemory(task, (ulong)caller.Offset, text);
    }
}
