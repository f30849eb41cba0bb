using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>The second page cache that a mapping may have: the one of the model's tasks (see <see cref="IMappedView"/>).</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Whether the view has to <see cref="CatchUp"/> before it looks at its pages. Asked without a lock: what is being
    /// written this moment may be seen or not.
    /// </summary>
    public bool HasNews => Volatile.Read(ref _state) is { } state && Volatile.Read(ref state.News) is not null;

    /// <summary>A view holds the file as a mapper does (R11).</summary>
    /// <returns>0, or a negative errno when the store cannot be had.</returns>
    public int Attach(IMappedView view)
    {
        int error = Hold();
        if (error < 0)
            return error;
        lock (this)
            State.View = view;
        return 0;
    }

    /// <summary>Ends an <see cref="Attach"/>: the view has no pages left.</summary>
    public void Detach()
    {
        lock (this)
        {
            State.View = null;
            State.News = null;
            ForgetStale();
        }

        Release();
    }

    /// <summary>Has the view drop what was purged, and take over what was written. The caller holds the view's lock.</summary>
    public void DropStale()
    {
        lock (this)
        {
            DropStaleLocked();
            CatchUpLocked();
        }
    }

    /// <summary>Has the view take over what the mount has written, cut off and punched. The caller holds the view's lock.</summary>
    public void CatchUp()
    {
        lock (this)
            CatchUpLocked();
    }

    /// <summary>
    /// As <see cref="TryUnmark"/>, for the view itself. It holds its lock, so what a purge left to it is dropped here, and
    /// only the host's part can be running still.
    /// </summary>
    public bool TryUnmarkFromView(ulong first, ulong last, bool report, out VrangeLoss loss)
    {
        lock (this)
        {
            if (IsInWindow(first, last))
            {
                loss = default;
                return false;
            }

            DropStaleLocked();
            loss = UnmarkLocked(first, last, report);
            return true;
        }
    }

    /// <summary>
    /// Takes a dirty page of the view back. Never refused for space (R17), and makes no room either: a purge could take
    /// the page from under its write-back. A page that was purged meanwhile is dropped (R12). Does not extend i_size.
    /// </summary>
    /// <param name="offset">Start of the page in bytes.</param>
    /// <param name="source">Its bytes, a page at most.</param>
    public int WriteBackFromView(long offset, ReadOnlySpan<byte> source)
    {
        lock (this)
        {
            ulong page = PageSize.PageOf(offset);
            source = source[..(int)Math.Clamp(StatLocked().Size - offset, 0, source.Length)];
            if (_state?.Stale?.Overlaps(page, page) == true)
            {
                RecordLoss(page, page);
                return source.Length;
            }

            if (source.IsEmpty || _state?.News?.IsCut(page) == true)
                return source.Length;
            int error = StoreOldLocked(offset, source);
            host.OnStoredBehind(page, page);
            return error < 0 ? error : source.Length;
        }
    }

    // Bytes that the mount has stored since are newer than the view's.
    private int StoreOldLocked(long offset, ReadOnlySpan<byte> source)
    {
        ulong at = (ulong)offset;
        ulong end = at + (ulong)source.Length;
        while (at < end)
        {
            ulong stop = end;
            ulong next = end;
            if (_state?.News is { } news && news.Bytes.FirstAtOrAfter(at, out ulong first, out ulong last) && first < end)
                (stop, next) = (Math.Max(at, first), Math.Min(end, last + 1));
            if (stop > at)
            {
                int stored = StoreLocked((long)at, source.Slice((int)(at - (ulong)offset), (int)(stop - at)), force: true);
                if (stored < 0)
                    return stored;
            }

            at = next;
        }

        return 0;
    }

    private void CatchUpLocked()
    {
        if (_state?.News is not { } news)
            return;
        Volatile.Write(ref _state.News, null);
        if (_state.View is not { } view)
            return;
        if (news.TruncatedFrom != ulong.MaxValue)
            view.Cut(news.TruncatedFrom, ulong.MaxValue, evenCopies: true);
        ulong at = 0;
        while (news.Punched.FirstAtOrAfter(at, out ulong first, out ulong last))
        {
            view.Cut(first, last, evenCopies: false);
            at = last + 1;
        }

        at = 0;
        while (news.Bytes.FirstAtOrAfter(at, out ulong first, out ulong last))
        {
            if (_store is not null)
                view.Refresh(first, last, _store);
            at = last + 1;
        }
    }

    private ViewNews? NewsLocked => _state?.View is null ? null : _state.News ??= new ViewNews();

    private void NoteWritten(long offset, long length)
    {
        if (length > 0)
            NewsLocked?.NoteBytes(offset, length);
    }

    // What a truncate cuts off goes from private mappings too; the rest of the last page reads as zeros.
    private void NoteTruncate(long before, long size)
    {
        if (NewsLocked is not { } news)
            return;
        if (size < before)
            news.NoteTruncate((ulong)PageSize.PagesFor(size));
        long tail = Math.Min(before, size);
        news.NoteBytes(tail, (PageSize.Bytes - (tail & (PageSize.Bytes - 1))) & (PageSize.Bytes - 1));
    }

    private void NotePunch(long offset, long length)
    {
        if (NewsLocked is not { } news)
            return;
        ulong first = (ulong)PageSize.PagesFor(offset);
        ulong end = PageSize.PageOf(offset + length);
        if (end > first)
            news.Punched.Add(first, end - 1);
        news.NoteBytes(offset, length);
    }

    private void DropStaleLocked()
    {
        if (_state?.Stale is not PageRuns stale)
            return;
        PageRuns dirty = new();
        ulong page = 0;
        while (stale.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            _state.View?.Drop(first, last, dirty);
            page = last;
            if (page++ == ulong.MaxValue)
                break;
        }

        // R7: what was in that cache only is lost as the rest.
        page = 0;
        while (dirty.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            RecordLoss(first, last);
            page = last + 1;
        }

        ForgetStale();
    }

    private void ForgetStale()
    {
        if (_state is not null)
            _state.Stale = null;
        WakeWaiters();
        RetireIfUnheld();
    }

    private void NoteStale(ulong first, ulong last)
    {
        if (_state?.View is not null)
            (_state.Stale ??= new PageRuns()).Add(first, last);
    }

    private void TellView(bool wait)
    {
        IMappedView? view;
        lock (this)
            view = _state?.Stale is not null || _state?.News is { IsPressing: true } ? _state.View : null;
        view?.OnStale(wait);
    }
}
