namespace Fs.Tmpfs;

/// <summary>
/// Finds an inode by its number: a slot in the low 32 bits, the life of the slot above, so that a number never names
/// two files. The two highest bits stay clear, proc has its numbers there. Reads take no lock.
/// </summary>
internal sealed class InodeTable
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    // Fewer inodes are not worth a collection.
    private const int MinGarbage = 1 << 16;

    private readonly Lock _lock = new();

    // Written under the lock, as everything from here on; the chunks are read without.
    private readonly Stack<uint> _free = new();

    // Chunks never move; the outer array is replaced as it grows.
    private Inode?[][] _chunks = [];
    private uint[][] _lives = [];

    // Slot 0 stays empty, slot 1 of life 0 is FUSE_ROOT_ID.
    private uint _used = 1;

    // Removed since the last collection that was asked for.
    private int _garbage;

    /// <summary>The inode of a number, or null when the kernel asks for one that is gone.</summary>
    public Inode? Find(ulong ino)
    {
        uint slot = (uint)ino;
        Inode?[][] chunks = Volatile.Read(ref _chunks);
        if (slot >> ChunkBits >= (uint)chunks.Length)
            return null;
        Inode? inode = Volatile.Read(ref chunks[slot >> ChunkBits][slot & (ChunkSize - 1)]);
        return inode?.Ino == ino ? inode : null;
    }

    public void Add(Inode inode)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out uint slot))
            {
                slot = _used++;
                if (slot >> ChunkBits >= (uint)_chunks.Length)
                {
                    _lives = [.. _lives, new uint[ChunkSize]];
                    Volatile.Write(ref _chunks, [.. _chunks, new Inode?[ChunkSize]]);
                }
            }

            inode.Ino = ((ulong)_lives[slot >> ChunkBits][slot & (ChunkSize - 1)] << 32) | slot;
            Volatile.Write(ref _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)], inode);
        }
    }

    public void Remove(Inode inode)
    {
        uint slot = (uint)inode.Ino;
        lock (_lock)
        {
            _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)] = null;

            ref uint life = ref _lives[slot >> ChunkBits][slot & (ChunkSize - 1)];
            life = (life + 1) & 0x3FFF_FFFF;
            _free.Push(slot);
            if (++_garbage < MinGarbage || _garbage < _used - _free.Count)
                return;
            _garbage = 0;
        }

        // Removing allocates nothing, so that nothing would be collected: who removed a million files would find their
        // memory still taken. In the background, and compacting nothing.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    /// <summary>Every inode there is at the moment.</summary>
    public IEnumerable<Inode> All()
    {
        foreach (Inode?[] chunk in Volatile.Read(ref _chunks))
        {
            foreach (Inode? inode in chunk)
            {
                if (inode is not null)
                    yield return inode;
            }
        }
    }
}
