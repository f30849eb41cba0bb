using KernelModel.Mapping;
using KernelModel.Reclaim;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>proc/swaps: the swap of the model, where it has some.</summary>
internal sealed class SwapsFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    private const long Wide = 10_000_000;

    // mm/swapfile.c: swap_show
    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        text.Add("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        MemoryInfo info = memory.Machine.GetMemoryInfo();
        if (info.SwapTotal == 0)
            return 0;
        text.Add($"{"vrangefs",-40}partition\t");
        Number(text, info.SwapTotal << (PageSize.Shift - 10));
        Number(text, (info.SwapTotal - info.SwapFree) << (PageSize.Shift - 10));
        text.Add("-2\n");
        return 0;
    }

    private static void Number(ProcText text, long kilobytes) => text.Add(kilobytes).Add(kilobytes < Wide ? "\t\t" : "\t");
}
