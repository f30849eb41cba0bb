using System.Globalization;
using System.Text;
using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;
using ProcFs.Parsing;

namespace ProcFs.Files;

/// <summary>
/// proc/fvrange: <c>echo '/ring 0 8192 volatile' > proc/fvrange</c>. Read from the same open file afterwards it gives
/// one line, <c>RESULT LOST_BYTES</c>. Files are opened with the rights of who opened it (R14): the line may come out of a
/// set-user-ID program that does not know what it writes to.
/// </summary>
internal sealed class FvrangeFile(ulong id, string name, uint mode, IMountFiles files, IHostTasks tasks) : ProcFile(id, name, mode)
{
    // fs/d_path.c
    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = new FvrangeOpenFile(this, opener, canRead);
        return 0;
    }

    /// <summary>Reads a command and finds what it speaks of; nothing has changed yet.</summary>
    private int Prepare(ReadOnlySpan<byte> text, Caller opener, int writer, out FvrangeCall command)
    {
        command = default;
        if (!FvrangeLine.TryParse(text, out FvrangeLine line) || (line.Path.IsEmpty && !line.IsAddress))
            return -Errno.EINVAL;
        return line.IsAddress ? PrepareByAddress(line, opener, writer, out command) : PrepareByPath(line, opener, out command);
    }

    private int PrepareByPath(in FvrangeLine line, Caller opener, out FvrangeCall command)
    {
        command = default;

        // What vranges lists of a file without a name is no path; a name that ends so is listed with an escape.
        if (line.Path.EndsWith(Deleted))
            return -Errno.ENOENT;
        int error = files.ResolveForWrite(FvrangeLine.Unescape(line.Path), opener, out IMountFile? file);
        if (error < 0)
            return error;
        if (!file!.Mapping.IsInUse)
            return -Errno.EBADF;
        error = FvrangeArguments.Check(line.Offset, line.Length, (uint)line.Mode, (uint)line.Behavior, out FvrangeArguments arguments);
        if (error == 0)
            command = new FvrangeCall(arguments, [(file!.Mapping, arguments.First, arguments.Last)]);
        return error;
    }

    // Userland asked on the list to mark by pointer: the VMAs say which pages of which files that is (R14).
    private int PrepareByAddress(in FvrangeLine line, Caller opener, int writer, out FvrangeCall command)
    {
        command = default;
        int error = FvrangeArguments.Check(line.Offset, line.Length, (uint)line.Mode, (uint)line.Behavior, out FvrangeArguments arguments);
        if (error < 0)
            return error;
        error = tasks.ReadMappings(writer, out IReadOnlyList<HostMapping> mappings);
        return error < 0 ? error : Cut(mappings, arguments, opener, out command);
    }

    private int Cut(IReadOnlyList<HostMapping> mappings, in FvrangeArguments arguments, Caller opener, out FvrangeCall command)
    {
        command = default;
        List<(AddressSpace Mapping, ulong First, ulong Last)> parts = [];
        ulong at = arguments.First << PageSize.Shift;
        ulong end = (arguments.Last + 1) << PageSize.Shift;
        foreach (HostMapping mapping in mappings)
        {
            if (mapping.End <= at || at >= end)
                continue;
            if (mapping.Start > at)
                break;
            int error = files.CheckWrite(mapping.File, opener);
            if (error < 0)
                return error;
            ulong partEnd = Math.Min(end, mapping.End);
            ulong first = mapping.FirstPage + ((at - mapping.Start) >> PageSize.Shift);
            parts.Add((mapping.File.Mapping, first, first + ((partEnd - at) >> PageSize.Shift) - 1));
            at = partEnd;
        }

        if (at < end)
            return -Errno.ENOMEM;
        command = new FvrangeCall(arguments, parts);
        return 0;
    }

    /// <summary>A command that may be carried out.</summary>
    private readonly record struct FvrangeCall(
        FvrangeArguments Arguments, IReadOnlyList<(AddressSpace Mapping, ulong First, ulong Last)> Parts);

    private sealed class FvrangeOpenFile(FvrangeFile file, Caller opener, bool canRead) : ProcOpenFile
    {
        private readonly CommandReply _reply = new();

        public override int Read(long offset, Span<byte> destination, bool forCache)
            => forCache ? -Errno.EINVAL : _reply.Take(destination, forCache) ?? 0;

        public override int Write(ReadOnlySpan<byte> text, IProcCall caller)
        {
            int error = file.Prepare(text, opener, caller.ThreadId, out FvrangeCall command);
            _reply.Set(default);
            if (error < 0)
                return error;

            int length = text.Length;
            if (command.Arguments.Mode == VrangeMode.NonVolatile)
            {
                // Who cannot read the reply cannot be told of a loss, so it is not cleared (R15).
                var unmark = new PendingUnmark(command.Parts, report: canRead, caller.Queue, caller.TryClaim, loss =>
                {
                    Reply(loss);
                    caller.Complete(length);
                });
                caller.Waits(unmark.Cancel);
                unmark.Run();
                return Waits;
            }

            if (!command.Parts.All(part => part.Mapping.CanMark(part.First, part.Last, command.Parts.Count)))
                return -Errno.ENOMEM;
            foreach ((AddressSpace mapping, ulong first, ulong last) in command.Parts)
            {
                error = mapping.Mark(first, last, command.Arguments.Behavior);
                if (error < 0)
                    return error;
            }

            Reply(default(VrangeLoss));
            return length;
        }

        private void Reply(VrangeLoss loss)
            => _reply.Set(Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{(loss.Purged ? 1 : 0)} {loss.Bytes}\n")));
    }
}
