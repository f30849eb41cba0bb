using KernelModel.Mm;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>R23: the int behind vrange's last argument.</summary>
public sealed class PurgedPointerTests
{
    private const int Result = 50;

    private readonly TestMachine _machine = new();

    public PurgedPointerTests()
    {
        _machine.Map(0, 4);
        _machine.Fill(0, 4);
        _machine.Map(Result, 2);
    }

    private string Call(string mode, ulong purgedAt, uint flags = 0)
        => _machine.Task.Syscall($"vrange 0x{At(0):x} 16K {mode} {flags} 0x{purgedAt:x}").ToString();

    [Fact]
    public void R23_purged_is_written_as_a_little_endian_int()
    {
        _machine.Fill(Result, 1);
        Assert.Equal("0x4000 purged=0", Call("volatile", At(Result)));
        Assert.Equal(0, _machine.Peek(Result));
        _machine.Kernel.Vmscan.Reclaim(4, direct: false);
        Assert.Equal("0x4000 purged=1", Call("nonvolatile", At(Result) + 4));
        byte[] bytes = new byte[12];
        Assert.True(_machine.Task.Load(At(Result), bytes));
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], bytes);
    }

    [Fact]
    public void R23_the_int_may_lie_over_two_pages()
    {
        Assert.Equal("0x4000 purged=0", Call("volatile", At(Result + 1) - 2));
        _machine.Kernel.Vmscan.Reclaim(4, direct: false);
        Assert.Equal("0x4000 purged=1", Call("nonvolatile", At(Result + 1) - 2));
        byte[] bytes = new byte[4];
        Assert.True(_machine.Task.Load(At(Result + 1) - 2, bytes));
        Assert.Equal([1, 0, 0, 0], bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x7fff_ffff_fffe)]
    [InlineData(ulong.MaxValue - 1)]
    [InlineData(Base + (60 * 4096))]
    [InlineData(Base + (52 * 4096) - 2)]
    public void R23_a_bad_pointer_is_EFAULT_before_any_change(ulong purgedAt)
    {
        Assert.StartsWith("-1 EFAULT", Call("volatile", purgedAt), StringComparison.Ordinal);
        Assert.Equal("0-4 50-52", _machine.Areas());

        // A loss is not forgotten by a call that could not report it.
        _machine.Mark(0, 4);
        _machine.Kernel.Vmscan.Reclaim(4, direct: false);
        Assert.StartsWith("-1 EFAULT", Call("nonvolatile", purgedAt), StringComparison.Ordinal);
        Assert.Equal((16384L, true), _machine.Unmark(0, 4));
    }

    [Fact]
    public void R23_memory_that_cannot_be_written_is_a_bad_pointer()
    {
        _machine.Map(Result, 1, MapFlags.Private, Prot.Read);
        Assert.StartsWith("-1 EFAULT", Call("volatile", At(Result)), StringComparison.Ordinal);
        Assert.DoesNotContain('v', _machine.Areas());
    }

    [Fact]
    public void R23_R27_a_purged_page_is_a_bad_pointer()
    {
        _machine.Mark(0, 4);
        _machine.Kernel.Vmscan.Reclaim(4, direct: false);
        Assert.StartsWith("-1 EFAULT", Call("nonvolatile", At(0)), StringComparison.Ordinal);
        Assert.Equal((16384L, true), _machine.Unmark(0, 4));
        Assert.Null(_machine.Task.LastSignal);
    }

    [Fact]
    public void R23_arguments_are_looked_at_before_the_pointer()
        => Assert.Equal("-1 EINVAL", Call("volatile", 0, flags: 1));

    [Fact]
    public void R23_without_a_pointer_nothing_is_written()
    {
        Assert.Equal("0x4000 purged=0", _machine.Task.Syscall($"vrange 0x{At(0):x} 16K volatile 0").ToString());
        Assert.False(_machine.Mm.ViewOf(At(Result)).Present);
    }
}
