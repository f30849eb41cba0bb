using System.Diagnostics;
using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>The hard rule, with everything at once: never "not purged" when a page was lost (R12).</summary>
public sealed class HardRuleStressTests
{
    private const int Owners = 3;
    private const int PagesEach = 8;
    private const int SeenEnough = 10;
    private static readonly TimeSpan s_atLeast = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan s_atMost = TimeSpan.FromSeconds(50);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 20)]
    public async Task Whoever_is_told_not_purged_has_every_page(int seed, int limitPages)
    {
        MappingDomain domain = new(new MemoryStorage(limitPages), new VrangeLru(), SigbusOnPurged: false);
        using CachedFile file = new(domain, Owners * PagesEach);
        using CancellationTokenSource over = new();
        using Barrier start = new(Owners + 2);

        Task<(int Purged, int Kept)>[] owners =
        [
            .. Enumerable.Range(0, Owners).Select(owner => Start(start, () => Own(file, owner, new Random((seed * 100) + owner)))),
        ];
        Task<long> purger = Start(start, () => Purge(domain.Lru, new Random(seed), over.Token));
        Task<int> flusher = Start(start, () => Flush(file, new Random(seed + 50), over.Token));

        try
        {
            await Task.WhenAll(owners).WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            await over.CancelAsync();
        }

        await Task.WhenAll(purger, flusher).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(await Task.WhenAll(owners), seen => Assert.True(seen.Purged > SeenEnough && seen.Kept > SeenEnough, $"seed {seed}: {seen}"));
        Assert.True(await purger > 0 && await flusher > 0);
        _ = file.Mapping.Unmark(0, ulong.MaxValue, report: true); // what the flusher was refused last
        Assert.Equal((0, 0L), (domain.Lru.Count, domain.Lru.Unreported));
    }

    // Fills, marks, takes back and looks; nobody else touches these pages.
    private static (int Purged, int Kept) Own(CachedFile file, int owner, Random random)
    {
        long began = Stopwatch.GetTimestamp();
        long origin = owner * PagesEach;
        (int Purged, int Kept) outcomes = (0, 0);
        for (byte version = 1; IsWanted(outcomes, Stopwatch.GetElapsedTime(began)); version = (byte)((version % 250) + 1))
        {
            for (long page = origin; page < origin + PagesEach; page++)
            {
                if (random.Next(2) == 0 || !file.TryWrite(page, version))
                    file.Store(page, version);
            }

            Mark(file, origin, random);
            if (random.Next(2) == 0)
                Thread.Yield();
            VrangeLoss loss = Unmark(file, origin, random);
            int[] seen = [.. Enumerable.Range((int)origin, PagesEach).Select(page => file.Load(page))];
            if (loss.Purged)
                outcomes.Purged++;
            else
                outcomes.Kept++;
            Assert.True(
                seen.All(page => page == version || (page == 0 && loss.Purged)),
                $"{loss} but version {version} reads as {string.Join(' ', seen)}");
            Assert.InRange(loss.Bytes, 0, loss.Purged ? PagesEach * PageSize.Bytes : 0);
        }

        return outcomes;
    }

    // A busy machine takes longer to see as much.
    private static bool IsWanted((int Purged, int Kept) seen, TimeSpan since)
        => since < s_atLeast || (since < s_atMost && (seen.Purged <= SeenEnough || seen.Kept <= SeenEnough));

    private static void Mark(CachedFile file, long origin, Random random)
    {
        for (int marks = random.Next(1, 4); marks > 0; marks--)
        {
            int first = random.Next(PagesEach);
            int last = random.Next(first, PagesEach);
            file.Mapping.Mark((ulong)(origin + first), (ulong)(origin + last), (VrangeBehavior)random.Next(2));
        }
    }

    // In two parts now and then, which together report everything.
    private static VrangeLoss Unmark(CachedFile file, long origin, Random random)
    {
        ulong first = (ulong)origin;
        ulong last = first + PagesEach - 1;
        VrangeLoss loss = default;
        if (random.Next(3) == 0)
        {
            if (!file.Mapping.TryUnmark(first, first + 2, report: true, out loss))
                file.Mapping.Unmark(first, first + 2, report: false);
        }

        VrangeLoss rest = file.Mapping.Unmark(first, last, report: true);
        return new VrangeLoss(loss.Purged || rest.Purged, loss.Bytes + rest.Bytes);
    }

    private static long Purge(VrangeLru lru, Random random, CancellationToken over)
    {
        long freed = 0;
        while (!over.IsCancellationRequested)
        {
            freed += lru.Discard(random.Next(1, 12), VrangeOwners.All, wait: random.Next(4) == 0);
            Thread.SpinWait(random.Next(20_000));
        }

        return freed;
    }

    private static int Flush(CachedFile file, Random random, CancellationToken over)
    {
        int flushes = 0;
        for (; !over.IsCancellationRequested; flushes++)
        {
            long first = random.Next(Owners * PagesEach);
            file.Flush(first, random.Next((int)first, Owners * PagesEach));
            Thread.SpinWait(random.Next(20_000));
        }

        return flushes;
    }

    private static Task<T> Start<T>(Barrier start, Func<T> work)
        => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return work();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
}
