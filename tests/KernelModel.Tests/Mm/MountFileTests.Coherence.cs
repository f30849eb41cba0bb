using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

// What the mount does to a file that tasks have mapped, and they to it.
public sealed partial class MountFileTests
{
    [Fact]
    public void What_the_mount_writes_a_task_reads_at_once()
    {
        Map("shared");
        Map("private", 10);
        Store(12, 6);
        Assert.Equal("1111", Load(0, 3));
        _file.Fill(1, 2, version: 4);
        Assert.Equal("1441", Load(0, 3));

        // The copy that a private mapping owns stays.
        Assert.Equal("1461", Load(10, 13));
        _machine.Check();
    }

    [Fact]
    public void A_write_of_a_part_meets_a_dirty_page_of_a_task_byte_by_byte()
    {
        Map("shared");
        Assert.True(_machine.Task.Store(At(1) + 100, [7]));
        Assert.Equal(1, _file.Mapping.Write(4096 + 200, [8]));

        // Whether the task looks before it is written back or not.
        Assert.Equal(0, _machine.Mm.Msync(At(0), Size(4), MsyncFlags.Sync));
        byte[] bytes = new byte[4096];
        Assert.Equal(4096, _file.Mapping.Read(4096, bytes));
        Assert.Equal((7, 8, 2), (bytes[100], bytes[200], bytes[300]));
        byte[] seen = new byte[4096];
        Assert.True(_machine.Task.Load(At(1), seen));
        Assert.Equal(bytes, seen);
    }

    [Fact]
    public void A_write_that_comes_in_the_middle_of_a_write_back_is_newer()
    {
        Map("shared");
        Store(1, 5);
        Assert.Equal(1, _file.Mapping.Write(4096, [9]));
        Assert.True(_file.Mapping.HasNews);
        Assert.Equal(4096, _file.Mapping.WriteBackFromView(4096, TestFile.Content(1, 5)));
        Assert.Equal('9', Load(1));
        Assert.Equal("1911", _file.Pages(0, 3));
        Assert.False(_file.Mapping.HasNews);
    }

    [Fact]
    public void A_truncate_takes_pages_and_copies_away_and_access_is_a_signal()
    {
        Map("shared");
        Map("private", 10);
        Store(12, 6);
        Store(3, 5);
        Assert.Equal("1115", Load(0, 3));
        Assert.Equal(0, _file.Mapping.Truncate(4096 + 2000));
        Assert.Equal("11SS", Load(0, 3));
        Assert.Equal("11SS", Load(10, 13));
        byte[] tail = new byte[1];
        Assert.True(_machine.Task.Load(At(1) + 1999, tail) && tail[0] == 2);
        Assert.True(_machine.Task.Load(At(1) + 2000, tail) && tail[0] == 0);
        Assert.Equal(Signal.SIGBUS, _machine.Task.LastSignal!.Value.Number);

        // What was cut off does not come back, neither from a copy nor from a dirty page.
        Assert.Equal(0, _file.Mapping.Truncate(4 * 4096));
        Assert.Equal("11..", Load(0, 3));
        Assert.Equal("11..", Load(10, 13));
        _machine.Check();
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(4)));
        Assert.Equal("1?..", _file.Pages(0, 3));
    }

    [Fact]
    public void A_truncate_and_back_while_the_model_is_busy_drops_what_was_dirty()
    {
        Map("shared");
        Store(3, 5);
        lock (_machine.Kernel.SyncRoot)
        {
            // Whoever serves requests does not wait for the model.
            Thread server = new(() =>
            {
                _file.Mapping.Truncate(4096);
                _file.Mapping.Truncate(4 * 4096);
                _file.Fill(2, 2, version: 7);
            });
            server.Start();
            server.Join();
            Assert.Equal(0, _machine.Mm.Msync(At(0), Size(4), MsyncFlags.Sync));
            Assert.Equal("1.7.", Load(0, 3));
        }

        Assert.Equal("1.7.", _file.Pages(0, 3));
    }

    [Fact]
    public void A_hole_is_zeros_to_tasks_and_leaves_copies()
    {
        Map("shared");
        Map("private", 10);
        Store(12, 6);
        Store(1, 5);
        Assert.Equal(0, _file.Mapping.PunchHole(4096 - 50, 8192 + 100));
        Assert.Equal("1...", Load(0, 3));
        Assert.Equal("1.6.", Load(10, 13));
        byte[] edge = new byte[1];
        Assert.True(_machine.Task.Load(At(1) - 51, edge) && edge[0] == 1);
        Assert.True(_machine.Task.Load(At(1) - 50, edge) && edge[0] == 0);
        Assert.True(_machine.Task.Load(At(3) + 49, edge) && edge[0] == 0);
        Assert.True(_machine.Task.Load(At(3) + 50, edge) && edge[0] == 4);
        _machine.Check();
    }

    [Fact]
    public void The_hosts_page_cache_is_told_of_what_a_task_stored()
    {
        Map("shared");
        Store(1, 5);
        Assert.Empty(_file.StoredBehind);
        Assert.Equal(0, _machine.Mm.Msync(At(0), Size(4), MsyncFlags.Sync));
        Assert.Equal([1UL], _file.StoredBehind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_through_the_mount_and_through_tasks_agree_after_random_operations(int seed)
    {
        Random random = new(seed);
        byte[] oracle = new byte[6 * 4096];
        _file.Mapping.Truncate(0);
        _file.Mapping.Truncate(oracle.Length);
        Assert.Equal((long)At(0), _machine.Task.Syscall($"mmap 0x{At(0):x} 24K rw shared file:/f fixed").Value);
        for (int i = 0; i < 2000; i++)
        {
            int at = random.Next(oracle.Length);
            byte[] bytes = new byte[Math.Min(1 + random.Next(6000), oracle.Length - at)];
            random.NextBytes(bytes);
            switch (random.Next(6))
            {
                case 0:
                    Assert.Equal(bytes.Length, _file.Mapping.Write(at, bytes));
                    bytes.CopyTo(oracle, at);
                    break;
                case 1:
                    Assert.True(_machine.Task.Store(At(0) + (ulong)at, bytes));
                    bytes.CopyTo(oracle, at);
                    break;
                case 2:
                    Assert.Equal(0, _file.Mapping.PunchHole(at, bytes.Length));
                    oracle.AsSpan(at, bytes.Length).Clear();
                    break;
                case 3:
                    _file.Mapping.Truncate(at);
                    _file.Mapping.Truncate(oracle.Length);
                    oracle.AsSpan(at).Clear();
                    break;
                case 4:
                    Assert.Equal(0, _machine.Mm.Msync(At(0), (ulong)oracle.Length, MsyncFlags.Sync));
                    byte[] read = new byte[oracle.Length];
                    Assert.Equal(oracle.Length, _file.Mapping.Read(0, read));
                    Assert.Equal(oracle, read);
                    break;
                default:
                    byte[] seen = new byte[bytes.Length];
                    Assert.True(_machine.Task.Load(At(0) + (ulong)at, seen));
                    Assert.Equal(oracle.AsSpan(at, seen.Length).ToArray(), seen);
                    break;
            }

            if (i % 50 == 0)
                _machine.Check();
        }
    }
}
