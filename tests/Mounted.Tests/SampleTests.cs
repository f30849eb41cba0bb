using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>The scripts of samples/, one a patch of the series, and what each shows.</summary>
public sealed class SampleTests : MountedTest
{
    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_ring_whose_older_half_was_taken(string mode)
        => Assert.Equal(
            """
            0 16384 volatile -> lost 0, 0 bytes
            16384 16384 volatile -> lost 0, 0 bytes
            0 16384 nonvolatile -> lost 1, 16384 bytes
            16384 16384 nonvolatile -> lost 0, 0 bytes
            0 32768 nonvolatile -> lost 0, 0 bytes

            """,
            Run("fvrange-ring.sh", mode));

    [Fact]
    public void Anonymous_memory_that_was_taken()
        => Assert.Equal(
            """
            mmap 0x100000 16384 rw private anon = 0x100000
            store 0x100000 'cache' = 5
            store 0x103000 'kept' = 4
            vrange 0x100000 8192 volatile = 8192 {purged=0}
            00100000-00100fff p
            00101000-00101fff v
            load 0x100000 5 = -1 EFAULT (Bad address)
            --- SIGBUS {si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x100000} ---
            vrange 0x100000 8192 nonvolatile = 8192 {purged=1}
            load 0x103000 4 = 4 "kept"

            """,
            Run("vrange-anon.sh", Modes.Cached));

    [Fact]
    public void A_range_of_a_process_that_went_to_swap()
        => Assert.Equal(
            """
            mmap 0x100000 32768 rw private anon = 0x100000
            store 0x100000 'idle' = 4
            touch 0x100000 32768 w = 0
            mincore 0x100000 32768 = 0 {11111111}
            mincore 0x100000 32768 = 0 {00001111}
            load 0x100000 4 = 4 "idle"
            mincore 0x100000 32768 = 0 {10001111}

            """,
            Run("reclaim-range.sh", Modes.Cached));

    [Fact]
    public void Pinned_and_locked_memory_under_one_limit()
        => Assert.Equal(
            """
            setrlimit memlock 16384 = 0
            mmap 0x100000 32768 rw private anon = 0x100000
            mpin 0x100000 16384 = 0
            mlock 0x104000 4096 = -1 ENOMEM (Cannot allocate memory)
            munpin 0x100000 8192 = 0
            mlock 0x104000 4096 = 0

            """,
            Run("mpin-rlimit.sh", Modes.Cached));

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Memory_that_moves_to_another_task_when_it_is_touched(string mode)
    {
        string said = Run("userfault-postcopy.sh", mode);
        string sum = said.Split('\n').Single(line => line.StartsWith("there: ", StringComparison.Ordinal))[7..];
        Assert.Equal(
            $"""
            mmap 0x100000 16384 rw private anon = 0x100000
            store 0x100000 'page at 0x100000' = 16
            store 0x101000 'page at 0x101000' = 16
            store 0x102000 'page at 0x102000' = 16
            store 0x103000 'page at 0x103000' = 16
            mmap 0x100000 16384 rw private anon = 0x100000
            mmap 0x200000 4096 rw private anon = 0x200000
            madvise 0x100000 16384 user_fault = 0
            there: {sum}
            fault 0x100000 r
            fault 0x101000 r
            fault 0x102000 r
            fault 0x103000 r
            here:  {sum}
            again: {sum}

            """,
            said);
    }

    private string Run(string sample, string mode)
    {
        Mount mount = Mount(mode);
        string said = Command.Run(Path.Combine(Repository.Root, "samples", sample), mount.Root).Succeeded();
        Assert.DoesNotContain(Directory.GetDirectories(mount.Proc("")), name => int.TryParse(Path.GetFileName(name), out int pid) && pid > 1 << 22);
        Assert.Equal(["proc"], Directory.GetFileSystemEntries(mount.Root).Select(Path.GetFileName));
        return said;
    }
}
