using System.Diagnostics;
using KernelModel.Tests.Mapping;
using KernelModel.Tests.Mm;
using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R42 for the two roots there are: that of an mm and that of a file.</summary>
public sealed class MillionRangesTests
{
    private const int Few = 100_000;
    private const int Many = 1_000_000;

    [Fact]
    public void R42_a_million_ranges_of_an_mm_list_in_linear_time()
    {
        TestMachine few = new(65536);
        TestMachine many = new(65536);
        MarkEveryOther(few, Few);
        MarkEveryOther(many, Many);
        AssertWellFormed(many.Mm.ListRanges());
        AssertLinear(() => Assert.Equal(Few, few.Mm.ListRanges().Count), () => Assert.Equal(Many, many.Mm.ListRanges().Count));
    }

    [Fact]
    public void R42_a_million_ranges_of_a_file_list_in_linear_time()
    {
        TestFile few = new();
        TestFile many = new();
        MarkEveryOther(few, Few);
        MarkEveryOther(many, Many);
        AssertWellFormed(List(many));
        AssertLinear(() => Assert.Equal(Few, List(few).Count), () => Assert.Equal(Many, List(many).Count));
    }

    [Fact]
    public void R42_a_listing_of_an_mm_stays_well_formed_while_ranges_change_between_two_reads()
    {
        Random random = new(42);
        TestMachine machine = new();
        MarkEveryOther(machine, 10_000);
        for (int i = 0; i < 50; i++)
        {
            AssertWellFormed(machine.Mm.ListRanges());
            for (int change = 0; change < 100; change++)
                machine.Mm.Mvrange(TestMachine.At(random.Next(20_000)), TestMachine.Size(random.Next(1, 40)), (uint)random.Next(2), 0);
        }
    }

    [Fact]
    public void R42_a_listing_of_a_file_read_in_pieces_stays_well_formed_while_ranges_change_between_them()
    {
        Random random = new(42);
        TestFile file = new();
        MarkEveryOther(file, 10_000);
        for (int i = 0; i < 20; i++)
        {
            List<VrangeEntry> lines = [];
            for (ulong from = 0; from < 20_000; from += 1000)
            {
                // A reader goes on behind the last page it was told of; a range over the cut comes in two lines.
                file.Mapping.ListVranges(from, from + 999, lines);
                for (int change = 0; change < 20; change++)
                    Change(file, random, 20_000);
            }

            AssertWellFormed(lines);
        }
    }

    [Fact]
    public async Task R42_a_listing_of_a_file_is_well_formed_while_another_thread_marks_and_unmarks()
    {
        TestFile file = new();
        MarkEveryOther(file, 10_000);
        bool done = false;
        Task other = Task.Run(() =>
        {
            Random random = new(42);
            while (!Volatile.Read(ref done))
                Change(file, random, 20_000);
        });
        for (int i = 0; i < 100; i++)
            AssertWellFormed(List(file));
        Volatile.Write(ref done, true);
        await other;
    }

    private static void Change(TestFile file, Random random, int pages)
    {
        ulong first = (ulong)random.Next(pages);
        ulong last = first + (ulong)random.Next(40);
        if (random.Next(2) == 0)
            file.Mark(first, last);
        else
            file.Unmark(first, last);
    }

    private static void MarkEveryOther(TestMachine machine, int count)
    {
        for (int i = 0; i < count; i++)
            Assert.Equal(0, machine.Mm.Mvrange(TestMachine.At(i * 2L), TestMachine.Size(1), 1, 0));
    }

    private static void MarkEveryOther(TestFile file, int count)
    {
        for (int i = 0; i < count; i++)
            file.Mark((ulong)i * 2, (ulong)i * 2);
    }

    private static List<VrangeEntry> List(TestFile file)
    {
        List<VrangeEntry> entries = [];
        file.Mapping.ListVranges(0, ulong.MaxValue, entries);
        return entries;
    }

    private static void AssertWellFormed(List<VrangeEntry> entries)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i].First > entries[i].Last || (i > 0 && entries[i].First <= entries[i - 1].Last))
                Assert.Fail($"{entries[i]} behind {(i > 0 ? entries[i - 1] : default)}");
        }
    }

    private static void AssertWellFormed(List<VrangeLine> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            // R40: whole pages, the last byte inclusive.
            bool whole = lines[i].Start % 4096 == 0 && (lines[i].LastByte + 1) % 4096 == 0;
            if (!whole || lines[i].Start > lines[i].LastByte || (i > 0 && lines[i].Start <= lines[i - 1].LastByte))
                Assert.Fail($"{lines[i]} behind {(i > 0 ? lines[i - 1] : default)}");
        }
    }

    // Ten times as many may cost a little more each, for they leave the processor's caches; quadratic would be 100 times.
    // The machine is not ours alone: one quiet moment is enough.
    private static void AssertLinear(Action few, Action many)
    {
        const double Limit = 25;
        double ratio = double.MaxValue;
        for (int i = 0; i < 10 && ratio >= Limit; i++)
            ratio = Math.Min(ratio, Fastest(many) / Fastest(few));
        Assert.InRange(ratio, 0, Limit);
    }

    private static TimeSpan Fastest(Action work)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            // The collector's work on the last listing is not the next one's.
            GC.Collect();
            long start = Stopwatch.GetTimestamp();
            work();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            fastest = elapsed < fastest ? elapsed : fastest;
        }

        return fastest;
    }
}
