using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// The two ways in which a purge and the host's page cache could wait for each other for ever. Each test has a deadline at
/// which the connection is aborted; a stress test may never meet them.
/// </summary>
public sealed class DeadlockTests : MountedTest
{
    private const int Deadline = 25;

    [Theory]
    [InlineData(Modes.Cached)]
    [InlineData(Modes.CachedRings)]
    [InlineData(Modes.Sigbus)]
    public void Write_back_of_the_victim_itself_finds_the_store_full(string mode)
    {
        Mount mount = Mount($"size=1m,{mode}", Deadline);
        Agent agent = mount.NewAgent();
        int victim = agent.Open(mount["victim"]);
        int filler = agent.Open(mount["filler"]);

        for (int turn = 1; turn <= 20; turn++)
        {
            // 128 pages in the store and dirty again, 128 in the page cache only.
            agent.Truncate(victim, 256);
            agent.Write(victim, 0, 128, 0x11);
            ulong map = agent.Map(victim, 0, 256);
            agent.Poke(map, 256, (byte)turn);
            agent.Write(filler, 0, 128, 0x22);
            agent.Mark(victim, 0, 256);

            // Each page that is written back needs room, and the only room is the victim's.
            agent.Sync(map, 256);

            Assert.Equal(1, agent.Unmark(victim, 0, 256).Result);
            Assert.Equal(string.Concat(Enumerable.Repeat("22", 128)), agent.Scan(filler, 0, 128));
            string left = agent.Peek(map, 256);
            Assert.Equal("", left.Replace("00", "", StringComparison.Ordinal).Replace($"{turn:x2}", "", StringComparison.Ordinal));
            agent.Unmap(map, 256);
            agent.Truncate(victim, 0);
            agent.Truncate(filler, 0);
        }
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public async Task Faults_run_into_purges(string mode)
    {
        const int Pages = 64;
        Mount mount = Mount(mode, Deadline);
        Agent writer = mount.NewAgent(), reader = mount.NewAgent(), purger = mount.NewAgent();
        int file = writer.Open(mount["f"]);
        writer.Write(file, 0, Pages, 0x11);
        writer.Mark(file, 0, Pages);
        ulong map = writer.Map(file, 0, Pages);
        int theirs = reader.Open(mount["f"]);
        ulong there = reader.Map(theirs, 0, Pages);

        long purges = 0;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        Task purging = Task.Run(() =>
        {
            for (; !stop.IsCancellationRequested; purges++)
                Assert.Equal(0, purger.Tell(mount.Proc("sys/vm/discard_vranges"), "all"));
        });
        Task reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                _ = reader.Peek(there, Pages);
                reader.ForgetCache(theirs); // the next fault asks the daemon
                _ = reader.Scan(theirs, 0, Pages);
            }
        });
        while (!stop.IsCancellationRequested)
        {
            writer.Write(file, 0, Pages, 0x11);
            _ = writer.TryPoke(map, Pages, 0x22);
        }

        await Task.WhenAll(purging, reading).WaitAsync(TimeSpan.FromSeconds(Deadline));
        Assert.InRange(purges, 10, long.MaxValue);
        Assert.Equal(1, writer.Unmark(file, 0, Pages).Result);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public async Task An_unmark_waits_for_a_running_purge_and_reports_it(string mode)
    {
        // R12, with a race in each turn: what is told must fit what is found.
        Mount mount = Mount(mode, Deadline);
        Agent agent = mount.NewAgent(), purger = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Truncate(file, 16);
        ulong map = agent.Map(file, 0, 16);
        int purged = 0;
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; turn < 2000 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3); turn++)
        {
            agent.Poke(map, 16, 0x11);
            agent.Mark(file, 0, 16);
            Task<int> purge = Task.Run(() => purger.Tell(mount.Proc("sys/vm/discard_vranges"), "all"));
            if (turn % 8 == 7)
                await purge; // else a quick unmark may win every time
            else if (turn % 2 == 0)
                Thread.Yield();
            Loss loss = agent.Unmark(file, 0, 16);
            string found = agent.Peek(map, 16);
            Assert.Equal(0, await purge);
            Assert.True(loss.Result == 1 || found == string.Concat(Enumerable.Repeat("11", 16)), $"turn {turn}: told {loss}, found {found}");
            Assert.Equal(found.Count(static digit => digit == '0') / 2 * Agent.PageSize, loss.Bytes);
            purged += loss.Result;
        }

        Assert.InRange(purged, 1, int.MaxValue);
    }
}
