using System.Text.RegularExpressions;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R3-R5, R8: the ranges and their order, as proc/vranges and purges show them.</summary>
public sealed partial class RangeTests : MountedTest
{
    [Fact]
    public void Ranges_are_listed_oldest_first_over_all_files()
    {
        (Mount mount, Agent agent, int a) = New();
        int b = agent.Open(mount["b"]);
        agent.Mark(a, 10, 2);
        agent.Mark(b, 0, 1);
        agent.Mark(a, 0, 2);

        Assert.Equal("a:10-11 v, b:0-0 v, a:0-1 v", List(mount));
    }

    [Fact]
    public void A_mark_inside_a_range_changes_nothing_and_an_overlap_makes_one_young_range()
    {
        (Mount mount, Agent agent, int a) = New();
        agent.Mark(a, 0, 10);
        agent.Mark(a, 20, 10);
        agent.Mark(a, 40, 10);

        agent.Mark(a, 2, 3);
        Assert.Equal("a:0-9 v, a:20-29 v, a:40-49 v", List(mount));
        agent.Mark(a, 5, 20);
        Assert.Equal("a:40-49 v, a:0-29 v", List(mount));
    }

    [Fact]
    public void Ranges_that_only_touch_stay_two()
    {
        (Mount mount, Agent agent, int a) = New();
        agent.Mark(a, 0, 2);
        agent.Mark(a, 2, 2);

        Assert.Equal("a:0-1 v, a:2-3 v", List(mount));
    }

    [Fact]
    public void An_unmark_trims_and_splits_at_page_ends_and_keeps_the_place()
    {
        (Mount mount, Agent agent, int a) = New();
        agent.Mark(a, 0, 10);
        agent.Mark(a, 20, 10);
        agent.Mark(a, 40, 2);

        Assert.Equal(0, agent.Unmark(a, 4, 2).Result);
        Assert.Equal("a:0-3 v, a:6-9 v, a:20-29 v, a:40-41 v", List(mount));
        Assert.Equal(0, agent.Unmark(a, 8, 15).Result);
        Assert.Equal("a:0-3 v, a:6-7 v, a:23-29 v, a:40-41 v", List(mount));
        Assert.Equal(0, agent.Unmark(a, 0, 100).Result);
        Assert.Equal("", List(mount));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Remnants_and_unions_keep_that_something_was_purged(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        agent.Write(a, 0, 4, 0x11);
        agent.Mark(a, 0, 10);
        Assert.Equal(4, mount.Discard("all"));

        Assert.Equal(1, agent.Unmark(a, 4, 2).Result);
        Assert.Equal("a:0-3 p, a:6-9 p", List(mount));
        agent.Mark(a, 9, 5);
        Assert.Equal("a:0-3 p, a:6-13 p", List(mount));
        Assert.Equal(1, agent.Unmark(a, 12, 2).Result); // R4: the OR of the parts, a false "purged"
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_mark_behind_the_end_applies_when_the_file_grows(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        agent.Mark(a, 100, 10);
        agent.Write(a, 104, 2, 0x11);

        Assert.Equal(2, mount.Discard("all"));
        Assert.Equal(new Loss(1, 2 * Agent.PageSize), agent.Unmark(a, 100, 10));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void The_oldest_mark_is_purged_first_and_whole(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        int b = agent.Open(mount["b"]);
        agent.Write(a, 0, 8, 0x11);
        agent.Write(b, 0, 8, 0x22);
        agent.Mark(b, 0, 4);
        agent.Mark(a, 0, 8);

        Assert.Equal(4, mount.Discard("1"));
        Assert.Equal("a:0-7 v, b:0-3 p", List(mount)); // a purged range becomes the youngest
        Assert.Equal(Many(4, Gone(mode)) + "22222222", agent.Scan(b, 0, 8));
        Assert.Equal("1111111111111111", agent.Scan(a, 0, 8));
        Assert.Equal(8, mount.Discard("5"));
        Assert.Equal(0, mount.Discard("all"));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_partial_range_is_purged_from_its_start_in_steps_of_32_pages(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        int b = agent.Open(mount["b"]);
        agent.Write(a, 0, 100, 0x11);
        agent.Write(b, 0, 10, 0x22);
        agent.Mark(a, 0, 100, Agent.Partial);
        agent.Mark(b, 0, 10);

        Assert.Equal(32, mount.Discard("1"));
        Assert.Equal("a:0-99 p, b:0-9 v", List(mount)); // its place is kept while a part is left
        Assert.Equal(64, mount.Discard("33"));
        Assert.Equal(Many(96, Gone(mode)) + "11111111", agent.Scan(a, 0, 100));

        // Then it goes on with the next range.
        Assert.Equal(14, mount.Discard("5"));
        Assert.Equal("a:0-99 p, b:0-9 p", List(mount));
        Assert.Equal(new Loss(1, 100 * Agent.PageSize), agent.Unmark(a, 0, 100));
    }

    [Fact]
    public void A_union_takes_the_youngest_behavior()
    {
        (Mount mount, Agent agent, int a) = New();
        agent.Write(a, 0, 100, 0x11);
        agent.Mark(a, 0, 60);
        agent.Mark(a, 50, 50, Agent.Partial);

        Assert.Equal(32, mount.Discard("1"));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Truncate_and_hole_punch_leave_the_marks(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        agent.Write(a, 0, 8, 0x11);
        agent.Mark(a, 2, 4);

        Assert.Equal(0, agent.Allocate(a, Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE, 3, 1));
        Assert.Equal("a:2-5 v", List(mount));
        agent.Truncate(a, 0);
        Assert.Equal("a:2-5 v", List(mount));
        Assert.Equal(new Loss(0, 0), agent.Unmark(a, 0, 8));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_purge_is_a_hole_punch(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        agent.Write(a, 0, 8, 0x11);
        agent.Mark(a, 2, 4);
        Stat before = agent.Stat(a);
        Assert.Equal(8 * 8, before.Blocks);
        Thread.Sleep(10);

        Assert.Equal(4, mount.Discard("all"));

        Stat after = agent.Stat(a);
        Assert.Equal(before.Size, after.Size);
        Assert.Equal(4 * 8, after.Blocks);
        Assert.True(after.Modified > before.Modified && after.Changed > before.Changed, $"{before} {after}");
        Assert.Equal(6 * Agent.PageSize, agent.Seek(a, 2, Agent.SEEK_DATA));
        Assert.Equal(2 * Agent.PageSize, agent.Seek(a, 0, Agent.SEEK_HOLE));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Memory_that_was_allocated_behind_the_end_is_freed_by_a_purge(string mode)
    {
        (Mount mount, Agent agent, int a) = New(mode);
        Assert.Equal(0, agent.Allocate(a, Agent.FALLOC_FL_KEEP_SIZE, 10, 8));
        Assert.Equal(8 * 8, agent.Stat(a).Blocks);
        agent.Mark(a, 10, 8);

        Assert.Equal(8, mount.Discard("all"));

        Assert.Equal(new Stat(0, 0, 0, 0), agent.Stat(a) with { Modified = 0, Changed = 0 });
    }

    private static string Many(int pages, string page) => string.Concat(Enumerable.Repeat(page, pages));

    // A purged page, read while it is volatile.
    private static string Gone(string mode) => mode == Modes.Sigbus ? "EE" : "00";

    // "a:10-11 v, b:0-0 p" in pages.
    private static string List(Mount mount)
        => string.Join(", ", Line().Matches(mount.Ranges()).Select(static line =>
            $"{line.Groups[4]}:{Convert.ToInt64(line.Groups[1].Value, 16) / Agent.PageSize}-{Convert.ToInt64(line.Groups[2].Value, 16) / Agent.PageSize} {line.Groups[3]}"));

    [GeneratedRegex(@"^\d+ ([0-9a-f]+)-([0-9a-f]+) ([vp]) \d+ /(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    private (Mount Mount, Agent Agent, int File) New(string mode = "") => MountWithFile(mode, "a");
}
