using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Parsing;

namespace Fs.Mount;

/// <summary>fvrange on a file: the ioctl, and the xattr user.vrange (R1-R15).</summary>
internal sealed partial class VrangeFileSystem
{
    private static ReadOnlySpan<byte> VrangeAttribute => "user.vrange"u8;

    /// <inheritdoc/>
    public override int Ioctl(
        FuseRequest request, ulong node, in fuse_ioctl_in arg, ReadOnlySpan<byte> input, Span<byte> output, out int result)
    {
        result = 0;
        if (arg.cmd != FvrangeIoctl.FVRANGE_IOC)
            return -Errno.ENOTTY;
        if (input.Length < Unsafe.SizeOf<FvrangeIoctl>() || output.Length < Unsafe.SizeOf<FvrangeIoctl>())
            return -Errno.EINVAL;

        // R2: the handle of a directory is none that could be written through.
        if ((arg.flags & IoctlFlags.FUSE_IOCTL_DIR) != 0
            || _open.Find(arg.fh) is not { Inode: RegularInode inode, CanWrite: true } || inode.Ino != node)
            return -Errno.EBADF;

        FvrangeIoctl call = MemoryMarshal.Read<FvrangeIoctl>(input);
        int error = FvrangeArguments.Check(call.Offset, call.Length, call.Mode, call.Behavior, out FvrangeArguments arguments);
        if (error != 0)
            return error;

        call.PurgedBytes = 0;
        if (arguments.Mode == VrangeMode.Volatile)
        {
            error = inode.Mapping.Mark(arguments.First, arguments.Last, arguments.Behavior);
            if (error != 0)
                return error;
            MemoryMarshal.Write(output, call);
            return Unsafe.SizeOf<FvrangeIoctl>();
        }

        if (!inode.Mapping.TryUnmark(arguments.First, arguments.Last, report: true, out VrangeLoss loss))
        {
            return ParkUnmark(request, inode.Mapping, arguments.First, arguments.Last, report: true, (reply, loss) =>
            {
                call.PurgedBytes = (ulong)loss.Bytes;
                reply.CompleteIoctl(loss.Purged ? 1 : 0, MemoryMarshal.AsBytes(new ReadOnlySpan<FvrangeIoctl>(in call)));
            });
        }

        result = loss.Purged ? 1 : 0;
        call.PurgedBytes = (ulong)loss.Bytes;
        MemoryMarshal.Write(output, call);
        return Unsafe.SizeOf<FvrangeIoctl>();
    }

    // "OFFSET LEN v|p" a line; null, so ENODATA, when there is nothing to list.
    private static byte[]? ListRanges(Inode inode)
    {
        if ((inode as RegularInode)?.MappingIfAny is not AddressSpace mapping)
            return null;
        var entries = new List<VrangeEntry>();
        mapping.ListVranges(0, ulong.MaxValue, entries);
        var text = new StringBuilder();
        foreach (VrangeEntry entry in entries)
        {
            ulong length = (entry.Last - entry.First + 1) << PageSize.Shift;
            text.Append(CultureInfo.InvariantCulture, $"{entry.First << PageSize.Shift} {length} {(entry.Purged ? 'p' : 'v')}\n");
        }

        return entries.Count == 0 ? null : Encoding.ASCII.GetBytes(text.ToString());
    }

    private int SetVrangeAttribute(FuseRequest request, Inode inode, ReadOnlySpan<byte> value)
    {
        if (inode is not RegularInode { Mapping: AddressSpace mapping } || !mapping.IsInUse)
            return -Errno.EBADF; // R14: a mark needs a holder
        if (!FvrangeLine.TryParse(value, out FvrangeLine line) || !line.Path.IsEmpty || line.IsAddress)
            return -Errno.EINVAL;
        int error = FvrangeArguments.Check(line.Offset, line.Length, (uint)line.Mode, (uint)line.Behavior, out FvrangeArguments arguments);
        if (error != 0)
            return error;

        if (arguments.Mode == VrangeMode.NonVolatile)
            return UnmarkUnreported(request, mapping, arguments.First, arguments.Last);
        return mapping.Mark(arguments.First, arguments.Last, arguments.Behavior);
    }

    // Everything becomes non-volatile; what was lost stays to be reported.
    private int RemoveVrangeAttribute(FuseRequest request, Inode inode)
    {
        if ((inode as RegularInode)?.MappingIfAny is not AddressSpace mapping || ListRanges(inode) is null)
            return -Errno.ENODATA;
        return UnmarkUnreported(request, mapping, 0, ulong.MaxValue);
    }

    // R15: setxattr cannot hand a loss back, so it clears none.
    private int UnmarkUnreported(FuseRequest request, AddressSpace mapping, ulong first, ulong last)
    {
        if (mapping.TryUnmark(first, last, report: false, out _))
            return 0;
        return ParkUnmark(request, mapping, first, last, report: false, static (reply, _) => reply.CompleteSuccess());
    }

    // R12, without a thread that waits.
    private int ParkUnmark(
        FuseRequest request, AddressSpace mapping, ulong first, ulong last, bool report, Action<FusePendingReply, VrangeLoss> answer)
        => Park(request, parked =>
        {
            var unmark = new PendingUnmark(
                [(mapping, first, last)], report, parked.Queue, parked.TryClaim, loss => answer(parked.Reply, loss));
            parked.Waits(unmark.Cancel);
            unmark.Run();
        });
}
