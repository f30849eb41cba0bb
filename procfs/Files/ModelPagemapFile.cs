using System.Buffers.Binary;
using KernelModel;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/pagemap of a task of the model: eight bytes a page, at eight times its number (linux:
/// Documentation/admin-guide/mm/pagemap.rst). Frames are shown to CAP_SYS_ADMIN alone.
/// </summary>
internal sealed class ModelPagemapFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials) => CheckMemory(opener, task, credentials);

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new PagemapOpenFile(Machine, task, opener.Has(Caller.CAP_SYS_ADMIN));

    private sealed class PagemapOpenFile(Machine machine, TaskId task, bool showsFrames) : ProcOpenFile
    {
        private const int EntryBytes = sizeof(ulong);

        // What one hold of the model's lock looks at.
        private const int PagesAtOnce = 512;

        // include/linux/swap.h: the type of the swap area lies below the place in it.
        private const int SwapTypeBits = 5;

        private const ulong Present = 1UL << 63;
        private const ulong Swapped = 1UL << 62;
        private const ulong FileOrShared = 1UL << 61;
        private const ulong Guard = 1UL << 58;
        private const ulong Exclusive = 1UL << 56;

        /// <inheritdoc/>
        public override int Read(long offset, Span<byte> destination, bool forCache)
        {
            if (!machine.HasMemory(task))
                return 0;
            if (offset % EntryBytes != 0 || destination.Length % EntryBytes != 0)
                return -Errno.EINVAL;
            ulong page = (ulong)offset / EntryBytes;
            Span<PageView> views = stackalloc PageView[PagesAtOnce];
            int done = 0;
            while (done < destination.Length && page <= ulong.MaxValue >> PageSize.Shift)
            {
                int wanted = Math.Min(PagesAtOnce, (destination.Length - done) / EntryBytes);
                int count = machine.ReadPages(task, page << PageSize.Shift, views[..wanted]);
                foreach (PageView view in views[..count])
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(destination[done..], EntryOf(view));
                    done += EntryBytes;
                }

                page += (uint)count;
                if (count < wanted)
                    break;
            }

            return done;
        }

        /// <inheritdoc/>
        public override int Write(ReadOnlySpan<byte> text, IProcCall caller) => -Errno.EINVAL;

        private ulong EntryOf(in PageView view)
        {
            ulong frame = !showsFrames ? 0 : view.Swapped && !view.Guard ? view.Frame << SwapTypeBits : view.Frame;
            return frame
                | (view.Present ? Present : 0) | (view.Swapped ? Swapped : 0) | (view.FileOrShared ? FileOrShared : 0)
                | (view.Guard ? Guard : 0) | (view.Exclusive ? Exclusive : 0);
        }
    }
}
