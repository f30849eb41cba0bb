using System.Globalization;
using System.Text;
using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;
using ProcFs.Parsing;

namespace ProcFs.Files;

/// <summary>
/// proc/fvrange: <c>echo '/ring 0 8192 volatile' > proc/fvrange</c>. Read from the same open file afterwards it gives
/// one line, <c>RESULT LOST_BYTES</c>.
/// </summary>
internal sealed class FvrangeFile(ulong id, string name, uint mode, IMountFiles files, IHostTasks tasks) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller caller, bool canRead, out ProcOpenFile? open)
    {
        open = new FvrangeOpenFile(this, canRead);
        return 0;
    }

    /// <inheritdoc/>
    public override int Show(ProcText text, Caller caller) => 0;

    private int Call(ReadOnlySpan<byte> text, Caller caller, bool report, out VrangeLoss loss)
    {
        loss = default;
        if (!FvrangeLine.TryParse(text, out FvrangeLine line) || (line.Path.IsEmpty && !line.IsAddress))
            return -Errno.EINVAL;

        return line.IsAddress
            ? CallByAddress(line, caller, report, out loss)
            : CallByPath(line, caller, report, out loss);
    }

    private int CallByPath(in FvrangeLine line, Caller caller, bool report, out VrangeLoss loss)
    {
        loss = default;
        int error = files.ResolveForWrite(FvrangeLine.Unescape(line.Path), caller, out IMountFile? file);
        if (error < 0)
            return error;
        if (!files.IsInUse(file!))
            return -Errno.EBADF;
        error = FvrangeArguments.Check(line.Offset, line.Length, (uint)line.Mode, (uint)line.Behavior, out FvrangeArguments arguments);
        return error != 0 ? error : Apply(file!.Mapping, arguments, report, out loss);
    }

    // Userland asked on the list to mark by pointer: the VMAs say which pages of which files that is (R14).
    private int CallByAddress(in FvrangeLine line, Caller caller, bool report, out VrangeLoss loss)
    {
        loss = default;
        int error = FvrangeArguments.Check(line.Offset, line.Length, (uint)line.Mode, (uint)line.Behavior, out FvrangeArguments arguments);
        if (error < 0)
            return error;

        if (caller.ProcessId == 0 || !tasks.TryReadMappings(caller.ProcessId, out IReadOnlyList<HostMapping> mappings))
            return -Errno.ESRCH;

        // All is checked before anything changes.
        List<(AddressSpace Mapping, FvrangeArguments Part)> parts = [];
        ulong at = arguments.First << PageSize.Shift;
        ulong end = (arguments.Last + 1) << PageSize.Shift;
        foreach (HostMapping mapping in mappings)
        {
            if (mapping.End <= at || at >= end)
                continue;
            if (mapping.Start > at)
                break;
            error = files.CheckWrite(mapping.File, caller);
            if (error < 0)
                return error;
            ulong partEnd = Math.Min(end, mapping.End);
            ulong first = mapping.FirstPage + ((at - mapping.Start) >> PageSize.Shift);
            parts.Add((mapping.File.Mapping, arguments with { First = first, Last = first + ((partEnd - at) >> PageSize.Shift) - 1 }));
            at = partEnd;
        }

        if (at < end)
            return -Errno.ENOMEM;
        foreach ((AddressSpace mapping, FvrangeArguments part) in parts)
        {
            error = Apply(mapping, part, report, out VrangeLoss partLoss);
            if (error != 0)
                return error;
            loss = new VrangeLoss(loss.Purged || partLoss.Purged, loss.Bytes + partLoss.Bytes);
        }

        return 0;
    }

    private static int Apply(AddressSpace mapping, FvrangeArguments arguments, bool report, out VrangeLoss loss)
    {
        loss = default;
        if (arguments.Mode != VrangeMode.NonVolatile)
            return mapping.Mark(arguments.First, arguments.Last, arguments.Behavior);
        loss = mapping.Unmark(arguments.First, arguments.Last, report);
        return 0;
    }

    private sealed class FvrangeOpenFile(FvrangeFile file, bool canRead) : ProcOpenFile
    {
        private readonly Lock _lock = new();
        private byte[] _reply = [];

        // The reply is taken whatever the file position, which the command has moved (R15).
        public override int Read(long offset, Span<byte> destination, Caller caller)
        {
            lock (_lock)
            {
                int length = Math.Min(_reply.Length, destination.Length);
                _reply.AsSpan(0, length).CopyTo(destination);
                _reply = _reply[length..];
                return length;
            }
        }

        public override int Write(ReadOnlySpan<byte> text, Caller caller)
        {
            // Who cannot read the reply cannot be told of a loss, so it is not cleared (R15).
            int error = file.Call(text, caller, report: canRead, out VrangeLoss loss);
            lock (_lock)
            {
                _reply = error < 0
                    ? []
                    : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(loss.Purged ? 1 : 0)} {loss.Bytes}\n"));
            }

            return error < 0 ? error : text.Length;
        }
    }
}
