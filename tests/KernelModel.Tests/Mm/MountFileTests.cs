using KernelModel.Mm;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>Files that a mount serves, mapped by tasks of the model.</summary>
public sealed partial class MountFileTests
{
    private readonly TestFile _file = new();
    private readonly TestMachine _machine;

    public MountFileTests()
    {
        _file.Fill(0, 3);
        _machine = NewMachine(_file);
    }

    private static TestMachine NewMachine(TestFile file)
    {
        TestMachine machine = new(ranges: file.Lru);
        machine.Kernel.FileLookup = (task, name) =>
            name == "/f" && task.Kernel.Files.Open(file.Mapping, 77) is { } cache ? new VmFile(cache, "/mnt/f") : null;
        return machine;
    }

    private void Map(string type, int page = 0) => Map(_machine, type, page);

    private static void Map(TestMachine machine, string type, int page = 0)
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
        Assert.Empty(_machine.Kernel.Files.All);
        _machine.Check();
    }

    [Fact]
    public void Two_mappings_of_one_file_show_the_same_pages()
    {
        Map("shared");
        Map("private", 10);
        Store(1, 5);
        Assert.Equal("1511", Load(10, 13));
        Assert.Single(_machine.Kernel.Files.All);
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
        Assert.Empty(_machine.Kernel.Files.All);
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
        TestMachine machine = NewMachine(file);
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
        Assert.Equal(4, _machine.Kernel.Vmscan.Reclaim(4, direct: false));
        Assert.Equal("1111", _file.Pages(0, 3));
        Assert.Equal("0-3v", _file.Listing());
        Assert.Equal("1111", Load(0, 3));
        _machine.Check();
    }

    [Fact]
    public void A_mapping_over_the_last_one_of_its_file_maps_that_file()
    {
        Map("private");
        Map("shared");
        Store(1, 5);
        Mvrange(0, 2, 1);
        Assert.Equal("0-1v", _file.Listing());
        Assert.Single(_machine.Kernel.Files.All);
        Assert.Equal(0, Mvrange(0, 2, 0));
        Assert.Equal(0, _machine.Mm.Munmap(At(0), Size(4)));
        Assert.Equal("1511", _file.Pages(0, 3));
        Assert.Empty(_machine.Kernel.Files.All);
        _machine.Check();
    }

    [Fact]
    public void R33a_reclaim_purges_volatile_pages_where_the_task_may_write_the_file()
    {
        Map("shared");
        Assert.Equal("1111", Load(0, 3));
        Mvrange(1, 2, 1);
        _machine.Kernel.TaskReclaim.Write(_machine.Task, "file"u8);
        Assert.Equal("1..1", _file.Pages(0, 3));
        Assert.Equal(0, _machine.Mm.Rss);
        Assert.Equal("1..1", Load(0, 3));
        Assert.Equal(1, Mvrange(0, 4, 0));
        _machine.Check();
    }

    [Fact]
    public void R33a_where_it_may_only_read_them_the_cache_goes()
    {
        _file.Mark(0, 3);
        PageCache cache = _machine.Kernel.Files.Open(_file.Mapping, 77)!;
        _machine.Mm.Mmap(At(0), Size(4), Prot.Read, MapFlags.Shared | MapFlags.Fixed, new VmFile(cache, "/mnt/f", Writable: false));
        Assert.Equal("1111", Load(0, 3));
        _machine.Kernel.TaskReclaim.Write(_machine.Task, "all"u8);
        Assert.Equal((0, 0), ((int)_machine.Mm.Rss, cache.ResidentPages));
        Assert.Equal("1111", _file.Pages(0, 3));
        Assert.Equal(-Errno.EACCES, Mvrange(0, 4, 0));
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 3));
    }
}
