using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.Machine;

namespace KernelModel.Tests.Mm;

/// <summary>Files that a mount serves, mapped by tasks of the model.</summary>
public sealed class MountFileTests
{
    private readonly TestFile _file = new();
    private readonly Machine _machine;

    public MountFileTests()
    {
        _file.Fill(0, 3);
        _machine = NewMachine(_file);
    }

    private static Machine NewMachine(TestFile file)
    {
        Machine machine = new(ranges: file.Lru);
        machine.Kernel.FileLookup = (task, name) =>
            name == "/f" && task.Kernel.OpenSpace(file.Mapping, 77) is { } cache ? new VmFile(cache, "/mnt/f") : null;
        return machine;
    }

    private void Map(string type, int page = 0) => Map(_machine, type, page);

    private static void Map(Machine machine, string type, int page = 0)
        => Assert.Equal((long)At(page), machine.Task.Syscall($"mmap 0x{At(page):x} 16K rw {type} file:/f fixed").Value);

    // The version a task sees in a page of the file, as TestFile.Pages prints it.
    private char Load(int page)
    {
        byte[] bytes = new byte[1];
        return !_machine.Task.Load(At(page), bytes) ? 'S' : bytes[0] == 0 ? '.' : (char)('0' + bytes[0]);
    }

    private string Load(int first, int last) => string.Concat(Enumerable.Range(first, last - first + 1).Select(page => Load(page)));

    private void Store(int page, byte version) => Assert.True(_machine.Task.Store(At(page), TestFile.Content(page % 10, version)));

    private long Mvrange(int page, int pages, uint mode) => _machine.Mm.Mvrange(At(page), Size(pages), mode, 0);

    [Fact]
    public void A_private_mapping_shows_the_file_and_keeps_its_own_stores()
    {
        Map("private");
        Assert.Equal("1111", Load(0, 3));
        Store(1, 5);
        Assert.Equal("1511", Load(0, 3));
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(4)));
        Assert.Equal("1111", _file.Pages(0, 3));
        _machine.Check();
    }

    [Fact]
    public void A_store_through_a_shared_mapping_reaches_the_file_with_msync_and_with_munmap()
    {
        Map("shared");
        Store(1, 5);
        Assert.Equal("1111", _file.Pages(0, 3));
        Assert.Equal(0, _machine.Task.Syscall($"msync 0x{At(0):x} 16K sync").Value);
        Assert.Equal("1511", _file.Pages(0, 3));
        Store(2, 6);
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(4)));
        Assert.Equal("1561", _file.Pages(0, 3));
        Assert.Empty(_machine.Kernel.Caches);
        _machine.Check();
    }

    [Fact]
    public void Two_mappings_of_one_file_show_the_same_pages()
    {
        Map("shared");
        Map("private", 10);
        Store(1, 5);
        Assert.Equal("1511", Load(10, 13));
        Assert.Single(_machine.Kernel.Caches);
        _machine.Check();
    }

    [Fact]
    public void The_size_is_the_files_at_each_access()
    {
        Assert.Equal(0, _file.Mapping.Truncate(2 * 4096));
        Map("shared");
        Assert.Equal("11SS", Load(0, 3));
        _file.Fill(2, 2, version: 3);
        Assert.Equal("113S", Load(0, 3));
    }

    [Fact]
    public void R11_who_maps_the_file_holds_it()
    {
        Map("shared");
        _file.Mark(0, 1);
        _file.Mapping.Release();
        Assert.True(_file.Mapping.IsHeld);
        Assert.Equal("0-1v", _file.Listing());
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(2)));
        Assert.Equal("0-1v", _file.Listing());
        _machine.Kernel.Tasks.Exit(_machine.Task, 0);
        Assert.False(_file.Mapping.IsHeld);
        Assert.Equal("", _file.Listing());
    }

    [Fact]
    public void R11_a_mapping_that_failed_holds_nothing()
    {
        Assert.Equal(-Errno.EINVAL, _machine.Task.Syscall($"mmap 0x{At(0) + 1:x} 16K rw shared file:/f fixed").Value);
        Assert.Equal(-Errno.EINVAL, _machine.Task.Syscall($"mmap 0x{At(0):x} 16K rw shared file:/f sideways").Value);
        _file.Mapping.Release();
        Assert.False(_file.Mapping.IsHeld);
        Assert.Empty(_machine.Kernel.Caches);
    }

    [Fact]
    public void R20_mvrange_on_a_shared_mapping_is_fvrange_on_the_file()
    {
        Map("shared");
        Assert.Equal(0, Mvrange(1, 2, 1));
        Assert.Equal("1-2v", _file.Listing());
        Assert.Equal([new VrangeLine(At(1), At(3) - 1, false, "/mnt/f")], _machine.Mm.ListRanges());
        Assert.Equal(2, _file.Discard());
        Assert.Equal(1, Mvrange(0, 4, 0));
        Assert.Equal("", _file.Listing());
        Assert.Equal("1..1", Load(0, 3));

        // And the other way round.
        _file.Mark(3, 3);
        _file.Discard();
        Assert.Equal(1, Mvrange(0, 4, 0));
        Assert.Equal(0, Mvrange(0, 4, 0));
        _machine.Check();
    }

    [Fact]
    public void R20_mvrange_on_a_private_mapping_leaves_the_file_alone()
    {
        Map("private");
        Store(1, 5);
        Assert.Equal(0, Mvrange(0, 4, 1));
        Assert.Equal("", _file.Listing());
        Assert.Equal(1, _machine.Kernel.Ranges.Discard(long.MaxValue, VrangeOwners.Tasks, wait: true));
        Assert.Equal("1S11", Load(0, 3));
        Assert.Equal(1, Mvrange(0, 4, 0));
        Assert.Equal("1111", _file.Pages(0, 3));
    }

    [Fact]
    public void R9_a_purge_is_seen_by_every_mapper_at_once_and_leaves_copies()
    {
        Map("shared");
        Map("private", 10);
        Store(1, 5);
        Store(12, 6);
        Assert.Equal("1511", Load(0, 3));
        Assert.Equal("1561", Load(10, 13));
        Mvrange(0, 4, 1);
        Assert.Equal(4, _file.Discard());
        Assert.Equal("....", Load(0, 3));
        Assert.Equal("..6.", Load(10, 13));
        _machine.Check();
    }

    [Fact]
    public void R6_what_was_dirty_does_not_come_back_after_a_purge()
    {
        Map("shared");
        Store(1, 5);
        Mvrange(1, 1, 1);
        _file.Discard();
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(4)));
        Assert.Equal("1.11", _file.Pages(0, 3));
        Assert.Equal(new VrangeLoss(true, 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void R7_pages_that_were_in_the_models_memory_only_count_as_lost()
    {
        _file.Mapping.PunchHole(0, 16384);
        Map("shared");
        Store(1, 5);
        Mvrange(0, 4, 1);
        _file.Discard();
        Assert.Equal(new VrangeLoss(true, 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void R10_under_sigbus_a_purged_page_of_the_file_is_a_signal_until_unmarked()
    {
        TestFile file = new(sigbus: true);
        file.Fill(0, 3);
        Machine machine = NewMachine(file);
        Map(machine, "shared");
        byte[] bytes = new byte[1];
        Assert.True(machine.Task.Load(At(1), bytes));
        machine.Mm.Mvrange(At(1), Size(1), 1, 0);
        file.Discard();
        Assert.False(machine.Task.Load(At(1), bytes));
        Assert.Equal(1, machine.Mm.Mvrange(At(1), Size(1), 0, 0));
        Assert.True(machine.Task.Load(At(1), bytes));
        Assert.Equal(0, bytes[0]);
    }

    [Fact]
    public void R12_nobody_takes_a_range_back_before_the_tasks_have_lost_the_purged_pages()
    {
        Map("shared");
        Store(1, 5);
        Mvrange(1, 1, 1);
        lock (_machine.Kernel.SyncRoot)
        {
            // Whoever needs room does not wait for the model.
            Thread purger = new(() => _file.Discard());
            purger.Start();
            purger.Join();
            Assert.False(_file.Mapping.TryUnmark(1, 1, report: true, out _));

            // A write-back that comes in between brings nothing back.
            Assert.Equal('5', Load(1));
            Assert.Equal(0, _machine.Mm.Msync(At(0), Size(4), MsyncFlags.Sync));
            Assert.Equal("1.11", _file.Pages(0, 3));

            // The task itself need not wait for itself.
            Assert.Equal(1, Mvrange(1, 1, 0));
            Assert.Equal('.', Load(1));
            Store(1, 6);
        }

        Assert.Equal(new VrangeLoss(false, 0), _file.Mapping.Unmark(1, 1, report: true));
        lock (_machine.Kernel.SyncRoot)
            Assert.Equal('6', Load(1));
    }

    [Fact]
    public void R16_what_the_model_reclaims_is_not_the_mounts()
    {
        Map("shared");
        Assert.Equal("1111", Load(0, 3));
        Mvrange(0, 4, 1);
        Assert.Equal(4, _machine.Kernel.Reclaim(4, direct: false));
        Assert.Equal("1111", _file.Pages(0, 3));
        Assert.Equal("0-3v", _file.Listing());
        Assert.Equal("1111", Load(0, 3));
        _machine.Check();
    }

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
