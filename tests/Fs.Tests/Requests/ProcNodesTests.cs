using Fs.Mount;

namespace Fs.Tests.Requests;

/// <summary>Each look-up of a file of proc is a node of its own, and knows the size that the kernel was told.</summary>
public sealed class ProcNodesTests
{
    private readonly ProcNodes _nodes = new();

    [Fact]
    public void Look_ups_are_apart_until_they_are_forgotten()
    {
        int[] slots = [.. Enumerable.Range(0, 1000).Select(i => _nodes.Add((ulong)(i % 3) + 1, 0x8124, out _))];
        Assert.Equal(1000, slots.Distinct().Count());
        for (int i = 0; i < 1000; i++)
            Assert.Equal((ulong)(i % 3) + 1, _nodes.IdOf(slots[i]));

        _nodes.Forget(slots[5], 1);
        Assert.Equal(0ul, _nodes.IdOf(slots[5]));
        Assert.Equal(slots[5], _nodes.Add(9, 0x8124, out _));
        Assert.Equal(9ul, _nodes.IdOf(slots[5]));
        Assert.Equal(0ul, _nodes.IdOf(5000));
    }

    [Fact]
    public void A_size_is_told_when_it_grows_and_shown_to_later_look_ups()
    {
        int first = _nodes.Add(1, 0x8124, out long size);
        Assert.Equal(4096, size);
        Assert.Equal(0, _nodes.Rendered(first, 0));
        Assert.Equal(0, _nodes.Rendered(first, 4096));
        Assert.Equal(8192, _nodes.Rendered(first, 4097));
        Assert.Equal(0, _nodes.Rendered(first, 8192));
        Assert.Equal(8192, _nodes.SizeOf(first));

        int second = _nodes.Add(1, 0x8124, out size);
        Assert.Equal(8192, size);
        Assert.Equal(0, _nodes.Rendered(second, 10));
        Assert.Equal((4096, 4096), (_nodes.SizeOf(first), _nodes.SizeOf(second)));
        Assert.Equal(8192, _nodes.Rendered(first, 5000));
        _nodes.Add(2, 0x8124, out size);
        Assert.Equal(4096, size);
    }
}
