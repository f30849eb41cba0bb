using KernelModel.Ranges;

namespace KernelModel.Mapping;

/// <summary>
/// What the mount did to a file since its view looked last. The store is right in all of it, whatever the order was.
/// Guarded by the lock of the mapping.
/// </summary>
internal sealed class ViewNews
{
    private const int Many = 64;

    private int _events;

    /// <summary>Bytes that were stored or zeroed.</summary>
    public PageRuns Bytes { get; } = new();

    /// <summary>Pages that were punched out.</summary>
    public PageRuns Punched { get; } = new();

    /// <summary>The first page that a truncate cut off, however long the file has become again.</summary>
    public ulong TruncatedFrom { get; private set; } = ulong.MaxValue;

    /// <summary>Whether the view had better look now: memory is to be freed, or this grows long.</summary>
    public bool IsPressing => _events >= Many || TruncatedFrom != ulong.MaxValue || !Punched.IsEmpty;

    public void NoteBytes(long offset, long length)
    {
        if (length > 0)
            Bytes.Add((ulong)offset, (ulong)(offset + length - 1));
        _events++;
    }

    public void NoteTruncate(ulong firstPage) => TruncatedFrom = Math.Min(TruncatedFrom, firstPage);

    /// <summary>Whether a page that the view still has is gone from the file.</summary>
    public bool IsCut(ulong page) => page >= TruncatedFrom || Punched.Overlaps(page, page);
}
