using System.Numerics;

namespace Fs.Tmpfs;

/// <summary>
/// The names of a directory, found by their bytes and listed in the order they came (linux: the dcache hash and the
/// offsets of fs/libfs.c: simple_offset_add in one). Entries lie in one array by cookie and are chained by index, so a
/// name costs no object but its bytes. One that went leaves a hole until half of the array is holes: a listing under way
/// finds its place again whatever comes and goes. Guarded by the monitor of the directory.
/// </summary>
internal sealed class NameTable
{
    private const int MinLength = 4;
    private const int None = -1;

    private DirectoryEntry[] _entries = new DirectoryEntry[MinLength];

    // Of each bucket the index of its first entry, plus one.
    private int[] _buckets = new int[MinLength];
    private int _used;

    /// <summary>Names.</summary>
    public int Count { get; private set; }

    public Inode? Find(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name, NameComparer.Instance.GetHashCode(name));
        return index == None ? null : _entries[index].Inode;
    }

    /// <summary>Adds a name that is not there; the cookie is above all before it.</summary>
    public void Add(byte[] name, Inode inode, ulong cookie)
    {
        if (_used == _entries.Length)
            Rebuild();
        ref DirectoryEntry entry = ref _entries[_used];
        entry = new DirectoryEntry { Name = name, Inode = inode, Cookie = cookie, Hash = NameComparer.Instance.GetHashCode(name) };
        Chain(_used++);
        Count++;
    }

    /// <summary>Removes a name and returns its own bytes and what it named.</summary>
    public DirectoryEntry Remove(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name, NameComparer.Instance.GetHashCode(name));
        ref DirectoryEntry entry = ref _entries[index];
        DirectoryEntry removed = entry;
        Unchain(index);
        entry = new DirectoryEntry { Cookie = removed.Cookie };
        if (--Count == 0)
            _used = 0;
        else if (_used > MinLength && Count < _used / 2)
            Rebuild();
        return removed;
    }

    /// <summary>The entries whose cookies are from one up to another, exclusive, with holes among them; valid until the next change.</summary>
    public ReadOnlySpan<DirectoryEntry> Between(ulong first, ulong end)
    {
        int from = IndexOfCookie(first);
        return _entries.AsSpan(from, Math.Max(0, IndexOfCookie(end) - from));
    }

    // The first entry at or above a cookie.
    private int IndexOfCookie(ulong cookie)
    {
        int low = 0;
        int high = _used;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (_entries[middle].Cookie < cookie)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private int IndexOf(ReadOnlySpan<byte> name, int hash)
    {
        for (int index = Bucket(hash) - 1; index != None; index = _entries[index].Next)
        {
            ref DirectoryEntry entry = ref _entries[index];
            if (entry.Hash == hash && name.SequenceEqual(entry.Name))
                return index;
        }

        return None;
    }

    // Without the holes, and with room enough that it is not done again soon.
    private void Rebuild()
    {
        DirectoryEntry[] old = _entries;
        int length = Math.Max(MinLength, (int)BitOperations.RoundUpToPowerOf2((uint)(Count + (Count / 3) + 1)));
        _entries = new DirectoryEntry[length];
        _buckets = new int[length];
        int used = _used;
        _used = 0;
        for (int index = 0; index < used; index++)
        {
            if (old[index].Inode is null)
                continue;
            _entries[_used] = old[index];
            Chain(_used++);
        }
    }

    private void Chain(int index)
    {
        ref int bucket = ref Bucket(_entries[index].Hash);
        _entries[index].Next = bucket - 1;
        bucket = index + 1;
    }

    private void Unchain(int index)
    {
        int next = _entries[index].Next;
        ref int bucket = ref Bucket(_entries[index].Hash);
        if (bucket - 1 == index)
        {
            bucket = next + 1;
            return;
        }

        int before = bucket - 1;
        while (_entries[before].Next != index)
            before = _entries[before].Next;
        _entries[before].Next = next;
    }

    private ref int Bucket(int hash) => ref _buckets[hash & (_buckets.Length - 1)];
}
