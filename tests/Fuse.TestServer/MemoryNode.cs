using Microsoft.Win32.SafeHandles;

namespace Fuse.TestServer;

internal sealed class MemoryNode(ulong id, uint mode)
{
    internal ulong Id { get; } = id;

    internal uint Mode { get; set; } = mode;

    internal uint Links { get; set; } = 1;

    internal uint Device { get; init; }

    internal byte[] Data { get; set; } = [];

    /// <summary>The file that reads, writes and mappings go to, of a file with FOPEN_PASSTHROUGH.</summary>
    internal SafeFileHandle? Backing { get; set; }

    internal int BackingId { get; set; }

    /// <summary>What a file that is a number shows as its size.</summary>
    internal long? Number { get; set; }

    internal SortedDictionary<string, ulong> Entries { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, byte[]> Attributes { get; } = [];
}
