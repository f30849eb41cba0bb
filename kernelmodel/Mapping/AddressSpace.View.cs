using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>The second page cache that a mapping may have: the one of the model's tasks (see <see cref="IMappedView"/>).</summary>
public sealed partial class AddressSpace
{
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
            ForgetStale();
        }

        Release();
    }

    /// <summary>Has the view drop what was purged. The caller holds the view's lock.</summary>
    public void DropStale()
    {
        lock (this)
            DropStaleLocked();
    }

    /// <summary>
    /// As <see cref="Unmark"/>, for the view itself. It holds its lock, so what a purge left to it has to be dropped here;
    /// the end of the host's part needs no lock of the view.
    /// </summary>
    public VrangeLoss UnmarkFromView(ulong first, ulong last)
    {
        lock (this)
        {
            while (IsInWindow(first, last))
                Monitor.Wait(this);
            DropStaleLocked();
            return UnmarkLocked(first, last, report: true);
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
            if (_state?.Stale?.Overlaps(page, page) != true)
                return source.IsEmpty ? 0 : StoreLocked(offset, source, force: true);
            RecordLoss(page, page);
            return source.Length;
        }
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
        RetireIfUnheld();
        Monitor.PulseAll(this);
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
            view = _state?.Stale is null ? null : _state.View;
        view?.OnStale(wait);
    }
}
