using KernelModel.Mapping;

namespace KernelModel.Tests.Mapping;

/// <summary>Counts how often it was woken.</summary>
internal sealed class PurgeWaiter : IPurgeWaiter
{
    public int Wakes { get; private set; }

    public void Wake() => Wakes++;
}
