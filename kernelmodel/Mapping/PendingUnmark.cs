using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>
/// Takes pages of files back where a purge may be running among them, and holds no thread while it waits for its end (R12).
/// First all become non-volatile, piece by piece as their purges end, and what was lost stays to be reported (R15). Then the
/// caller is asked whether he is still there to hear of it; only then is a loss told, and forgotten by that.
/// </summary>
/// <param name="parts">The pages, in any number of files; ends inclusive.</param>
/// <param name="report">Whether the caller hands the loss on.</param>
/// <param name="queue">Has something run soon on another thread; called under the lock of a mapping.</param>
/// <param name="tryClaim">Whether the caller is still there; once it has said yes, he waits for the end whatever happens.</param>
/// <param name="complete">Ends the call; called once after a claim.</param>
public sealed class PendingUnmark(
    IReadOnlyList<(AddressSpace Mapping, ulong First, ulong Last)> parts,
    bool report,
    Action<Action> queue,
    Func<bool> tryClaim,
    Action<VrangeLoss> complete) : IPurgeWaiter
{
    private readonly Lock _lock = new();

    // _lock guards these: two wakes may run at once.
    private int _takenBack;
    private int _reported;
    private bool _claimed;
    private bool _cancelled;
    private VrangeLoss _loss;

    /// <summary>Goes on as far as it can: to the end, or until a purge has ended, when it is queued again.</summary>
    public void Run()
    {
        lock (_lock)
        {
            if (_cancelled || !TryFinish())
                return;
            _cancelled = true; // the end, for a wake that came twice
        }

        complete(_loss);
    }

    /// <summary>The caller has gone: what has not been taken back stays as it is. Not under the lock of a mapping.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            _cancelled = true;
            if (_takenBack < parts.Count)
                parts[_takenBack].Mapping.Forget(this);
        }
    }

    /// <inheritdoc/>
    public void Wake() => queue(Run);

    private bool TryFinish()
    {
        for (; _takenBack < parts.Count; _takenBack++)
        {
            (AddressSpace mapping, ulong first, ulong last) = parts[_takenBack];
            if (!mapping.TryUnmark(first, last, report: false, out _, this))
                return false;
        }

        if (!_claimed && !tryClaim())
        {
            _cancelled = true;
            return false;
        }

        // Somebody may have marked them again meanwhile, and a purge may run over them: it is waited for, as the caller has
        // been promised an answer, and what was told so far is kept for it.
        _claimed = true;
        for (; report && _reported < parts.Count; _reported++)
        {
            (AddressSpace mapping, ulong first, ulong last) = parts[_reported];
            if (!mapping.TryUnmark(first, last, report: true, out VrangeLoss loss, this))
                return false;
            _loss = new VrangeLoss(_loss.Purged || loss.Purged, _loss.Bytes + loss.Bytes);
        }

        return true;
    }
}
