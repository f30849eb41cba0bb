using KernelModel.Reclaim;
using KernelModel.Replay;

namespace KernelModel.Tests.Mm;

public sealed class InvariantTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hold_after_every_operation_of_random_scripts(bool swap)
    {
        for (ulong seed = 5000; seed < 5040; seed++)
        {
            ScriptPlayer player = new(24, swap ? 200 : 0);
            player.AfterOperation = (kernel, operation) =>
            {
                try
                {
                    Invariants.Check(kernel);
                }
                catch (Xunit.Sdk.XunitException e)
                {
                    throw new InvalidOperationException($"seed {seed}, after '{operation}': {e.Message}", e);
                }
            };
            player.Run(RandomScript.Make(seed, 60, swap));
            AssertAllGivenBack(player.Kernel, filesStay: true);
        }
    }

    internal static void AssertAllGivenBack(Kernel kernel, bool filesStay)
    {
        Invariants.Check(kernel);
        Assert.Equal(0, kernel.Stat[VmStatItem.NrAnonMapped]);
        Assert.Equal(0, kernel.Stat[VmStatItem.NrFileMapped]);
        Assert.Equal(0, kernel.Stat[VmStatItem.NrMlock]);
        long cached = kernel.Files.All.Sum(cache => (long)cache.ResidentPages);
        Assert.Equal(kernel.TotalPages - cached, kernel.FreePages + kernel.Pages.OwnPages);
        Assert.True(filesStay || cached == 0);
        Assert.Equal(kernel.Files.All.Sum(cache => (long)cache.SwappedPages), kernel.Swap?.UsedSlots ?? 0);
    }
}
