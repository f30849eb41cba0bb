using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>An unmark that waits for running purges, as the mount's do.</summary>
internal static class WaitingUnmark
{
    public static Task<VrangeLoss> UnmarkAsync(this AddressSpace mapping, ulong first, ulong last, bool report = true)
    {
        TaskCompletionSource<VrangeLoss> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new PendingUnmark(
            [(mapping, first, last)], report, static work => ThreadPool.QueueUserWorkItem(_ => work()), static () => true, done.SetResult).Run();
        return done.Task;
    }

    public static VrangeLoss Unmark(this AddressSpace mapping, ulong first, ulong last, bool report)
    {
        VrangeLoss loss;
        while (!mapping.TryUnmark(first, last, report, out loss))
            Thread.Yield();
        return loss;
    }
}
