using System.Globalization;
using KernelModel.Mm;

namespace KernelModel.Replay;

internal sealed partial class ScriptPlayer
{
    private sealed partial class Player
    {
        // The arena and a little below it, where areas that grow down go.
        private const int HugePages = 512;
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
            for (int i = 0; i < _script._pages; i += _script._huge ? HugePages : 1)
            {
                char letter = LetterOf(i);
                for (int j = i + 1; _script._huge && j < i + HugePages; j++)
                    letter = LetterOf(j) == letter ? letter : '*';
                Trace.Append(letter);
            }

            Kernel machine = _script.Kernel;
            if (_script._huge)
            {
                Trace.Append(
                    CultureInfo.InvariantCulture,
                    $" HugetlbPages={Mm.HugetlbPages} pool {machine.HugePages.Total} {machine.HugePages.Free} {machine.HugePages.Reserved} {machine.HugePages.Surplus}");
            }

            Trace.Append('\n');
        }

        private char LetterOf(int page)
        {
            ulong address = Base + ((ulong)page * PageBytes);
            PageView view = Mm.ViewOf(address);
            Span<byte> resident = stackalloc byte[1];
            bool mapped = Mm.Mincore(address, PageBytes, resident) == 0;
            return !mapped ? '.'
                : view.Swapped ? 'S'
                : view.Present ? (view.Exclusive ? 'X' : 'P')
                : resident[0] != 0 ? 'c' : '-';
        }

        private void DumpArea(VmArea vma)
        {
            long first = (long)(vma.Start - Base) / (long)PageBytes;
            long end = (long)(vma.End - Base) / (long)PageBytes;
            Trace.Append(CultureInfo.InvariantCulture, $"  [{first},{end}) {VmFlagsText.Permissions(vma.Flags)} {NameOf(vma)}");
            VmaUsage usage = Mm.UsageOf(vma);
            if ((vma.Flags & VmFlags.HugeTlb) != 0)
                Trace.Append(" KernelPageSize=2048kB MMUPageSize=2048kB");
            Count("Rss", usage.Rss);
            CountFixed("Pss", usage.PssFixed);
            Count("Shared_Clean", usage.SharedClean);
            Count("Shared_Dirty", usage.SharedDirty);
            Count("Private_Clean", usage.PrivateClean);
            Count("Private_Dirty", usage.PrivateDirty);
            Count("Anonymous", usage.Anonymous);
            Count("LazyFree", usage.LazyFree);
            Count("Shared_Hugetlb", usage.SharedHugetlb);
            Count("Private_Hugetlb", usage.PrivateHugetlb);
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
            if ((vma.Flags & VmFlags.HugeTlb) != 0)
                return string.Create(CultureInfo.InvariantCulture, $"huge+{vma.PageOffset}");
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
