namespace Fuse.TestServer;

internal sealed class MemoryNode(ulong id, uint mode)
{
    internal ulong Id { get; } = id;

    internal uint Mode { get; set; } = mode;

    internal uint Links { get; set; } = 1;

    internal uint Device { get; init; }

    internal byte[] Data { get; set; } = [];

    internal SortedDictionary<string, ulong> Entries { get; } = new(StringComparer.Ordinal);
}
