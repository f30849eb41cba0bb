using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>
/// What the file's owner is charged for it, as by a quota: its ranges, its tombstones, and the runs of pages that were lost.
/// Who has his share full gets no new range. What must not fail takes less memory instead, on the side of the hard rule:
/// more counts as lost than was, or is volatile no more.
/// </summary>
public sealed partial class AddressSpace
{
    private bool IsShareFull => !Domain.Ranges.HasRoom(host.OwnerUid, 1);

    /// <summary>Whether pages can be marked, before anything is, when several marks are to be made or none.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="marks">How many there will be, each perhaps a new range of the same owner.</param>
    public bool CanMark(ulong first, ulong last, int marks)
    {
        lock (this)
            return Domain.Ranges.HasRoom(host.OwnerUid, marks) || _state?.Ranges?.IsVolatile(first, last) == true;
    }

    // After every change; the owner may be another by now.
    private void Charge()
    {
        if (_state is not VolatileState state)
            return;
        long entries = (state.Ranges?.Entries ?? 0) + (state.Lost?.Runs ?? 0);
        uint owner = host.OwnerUid;
        if (entries == state.Charged && owner == state.ChargedTo)
            return;
        if (owner != state.ChargedTo && state.Charged != 0)
        {
            Domain.Ranges.Add(state.ChargedTo, -state.Charged);
            state.Charged = 0;
        }

        Domain.Ranges.Add(owner, entries - state.Charged);
        (state.Charged, state.ChargedTo) = (entries, owner);
    }

    // An unmark in the middle of a range would make one more: with the share full what lies behind it is not volatile any
    // more either. What was purged there stays to be reported (R11).
    private static void EndBehind(VrangeRoot ranges, ulong first, ulong last)
    {
        if (ranges.TryFindAtOrAfter(first, out VrangeEntry range) && range.First < first && range.Last > last)
            ranges.Unmark(last + 1, range.Last, report: false);
    }
}
