using System.Globalization;
using KernelModel.Mm;

namespace KernelModel.Replay;

public sealed partial class ScriptPlayer
{
    private sealed partial class Player
    {
        // The arena and a little below it, where areas that grow down go.
        private const ulong LowestShown = Base - (64 * PageBytes);
        private const ulong HighestShown = Base + (1UL << 32);

        private void Dump()
        {
            foreach (VmArea vma in Mm.Areas)
            {
                if (vma.Start >= LowestShown && vma.Start < HighestShown)
                    DumpArea(vma);
            }

            Trace.Append(
                CultureInfo.InvariantCulture,
                $"  VmLck={Mm.LockedVm} dVmSize={Mm.TotalVm - _baseSize} dVmData={Mm.DataVm - _baseData} pm=");
            Span<byte> resident = stackalloc byte[1];
            for (int i = 0; i < _script._pages; i++)
            {
                ulong address = Base + ((ulong)i * PageBytes);
                PageView view = Mm.ViewOf(address);
                bool mapped = Mm.Mincore(address, PageBytes, resident) == 0;
                Trace.Append(
                    !mapped ? '.'
                    : view.Swapped ? 'S'
                    : view.Present ? (view.Exclusive ? 'X' : 'P')
                    : resident[0] != 0 ? 'c' : '-');
            }

            Trace.Append('\n');
        }

        private void DumpArea(VmArea vma)
        {
            long first = (long)(vma.Start - Base) / (long)PageBytes;
            long end = (long)(vma.End - Base) / (long)PageBytes;
            Trace.Append(CultureInfo.InvariantCulture, $"  [{first},{end}) {VmFlagsText.Permissions(vma.Flags)} {NameOf(vma)}");
            VmaUsage usage = Mm.UsageOf(vma);
            Count("Rss", usage.Rss);
            CountFixed("Pss", usage.PssFixed);
            Count("Shared_Clean", usage.SharedClean);
            Count("Shared_Dirty", usage.SharedDirty);
            Count("Private_Clean", usage.PrivateClean);
            Count("Private_Dirty", usage.PrivateDirty);
            Count("Anonymous", usage.Anonymous);
            Count("LazyFree", usage.LazyFree);
            Count("Swap", usage.Swap);
            CountFixed("SwapPss", usage.SwapPssFixed);
            Count("Locked", VmaUsage.ToKilobytes(usage.LockedFixed) * 1024);
            Trace.Append(" {");
            VmFlagsText.AppendCodes(Trace, vma.Flags);
            Trace.Append("}\n");
        }

        private static string NameOf(VmArea vma)
        {
            if (vma.File is not { } file)
                return "anon";
            return file.IsSharedAnonymous ? "shm" : string.Create(CultureInfo.InvariantCulture, $"{file.Name}+{vma.PageOffset}");
        }

        private void Count(string key, long bytes)
        {
            if (bytes / 1024 != 0)
                Trace.Append(CultureInfo.InvariantCulture, $" {key}={bytes / 1024 / 4}");
        }

        private void CountFixed(string key, long fixedPoint)
        {
            if (VmaUsage.ToKilobytes(fixedPoint) != 0)
                Trace.Append(CultureInfo.InvariantCulture, $" {key}={VmaUsage.ToKilobytes(fixedPoint)}kB");
        }
    }
}
