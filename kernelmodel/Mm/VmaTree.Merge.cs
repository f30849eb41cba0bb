using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class VmaTree
{
    // Flags that two areas may differ in and still merge; the survivor has them if either had (VM_STICKY).
    private const VmFlags Sticky = VmFlags.MaybeGuard;

    /// <summary>mm/vma.c: is_mergeable_vma.</summary>
    private static bool SameProperties(in VmaMerge merge, VmArea vma)
    {
        return ((vma.Flags ^ merge.Flags) & ~Sticky) == 0
            && ReferenceEquals(vma.File?.Mapping, merge.File?.Mapping)
            && vma.File == merge.File
            && ReferenceEquals(vma.Userfault, merge.Userfault)
            && vma.Name == merge.Name;
    }

    /// <summary>mm/vma.c: vma_had_uncowed_parents. Its pages may be shared with an ancestor's.</summary>
    private static bool HadParents(VmArea? vma) => vma?.AnonVma is not null && vma.AnonChain.Count != 1;

    /// <summary>mm/vma.c: is_mergeable_anon_vma.</summary>
    private static bool MergeableAnonVma(in VmaMerge merge, VmArea target)
    {
        if (target.AnonVma is null && merge.AnonVma is not null)
            return !HadParents(merge.Middle) && !HadParents(merge.CopiedFrom);
        if (target.AnonVma is not null && merge.AnonVma is null)
            return !HadParents(target);
        return ReferenceEquals(target.AnonVma, merge.AnonVma);
    }

    private static bool CanMergeLeft(in VmaMerge merge)
    {
        return merge.Prev is { } prev && prev.End == merge.Start
            && SameProperties(merge, prev) && MergeableAnonVma(merge, prev)
            && prev.PageOffset + prev.Pages == merge.PageOffset;
    }

    private static bool CanMergeRight(in VmaMerge merge, bool left)
    {
        if (merge.Next is not { } next || next.Start != merge.End || !SameProperties(merge, next) || !MergeableAnonVma(merge, next)
            || next.PageOffset != merge.PageOffset + ((merge.End - merge.Start) >> PageSize.Shift))
            return false;

        // Each of the neighbours fits the middle, but they have to fit each other too.
        return !left || merge.Prev!.AnonVma is null || next.AnonVma is null || ReferenceEquals(merge.Prev.AnonVma, next.AnonVma);
    }

    /// <summary>mm/vma.c: vma_merge_new_range. The range is free; a neighbour that fits grows over it.</summary>
    public VmArea? MergeNewRange(ref VmaMerge merge)
    {
        if ((merge.Flags & VmFlags.Special) != 0)
            return null;
        bool left = CanMergeLeft(merge);
        bool right = CanMergeRight(merge, left);
        if (!left && !right)
            return null;

        VmArea target = left ? merge.Prev! : merge.Next!;
        VmFlags sticky = merge.Flags & Sticky;
        if (left && right)
        {
            VmArea next = merge.Next!;
            sticky |= next.Flags & Sticky;
            AdoptAnonVma(target, next);
            AdoptCopied(merge, target);
            ulong end = next.End;
            Remove(next);
            SetRange(target, target.Start, end, target.PageOffset);
        }
        else if (left)
        {
            SetRange(target, target.Start, merge.End, target.PageOffset);
        }
        else
        {
            SetRange(target, merge.Start, target.End, merge.PageOffset);
        }

        if (!left || !right)
            AdoptCopied(merge, target);
        target.Flags |= sticky;
        return target;
    }

    // The pages that mremap moves here stay findable through the anon_vma of where they come from.
    private static void AdoptCopied(in VmaMerge merge, VmArea target)
    {
        if (merge.CopiedFrom is { } source)
            AdoptAnonVma(target, source);
    }

    /// <summary>mm/vma.c: vma_merge_existing_range. A piece of the middle gets new properties and may fit a neighbour.</summary>
    private VmArea? MergeExistingRange(ref VmaMerge merge)
    {
        VmArea middle = merge.Middle!;
        bool leftSide = merge.Start == middle.Start;
        bool rightSide = merge.End == middle.End;
        if ((merge.Flags & VmFlags.Special) != 0 || (!leftSide && !rightSide))
            return null;

        bool left = leftSide && CanMergeLeft(merge);
        merge.Next = rightSide ? NextOf(middle) : null;
        bool right = rightSide && CanMergeRight(merge, left);
        if (!left && !right)
            return null;

        bool removeMiddle = leftSide && rightSide;
        VmFlags sticky = (merge.Flags | middle.Flags) & Sticky;
        if (left && right)
        {
            VmArea prev = merge.Prev!;
            VmArea next = merge.Next!;
            sticky |= next.Flags & Sticky;
            AdoptAnonVma(prev, next.AnonVma is not null ? next : middle);
            ulong end = next.End;
            Remove(middle);
            Remove(next);
            SetRange(prev, prev.Start, end, prev.PageOffset);
            prev.Flags |= sticky;
            return prev;
        }

        if (left)
        {
            VmArea prev = merge.Prev!;
            AdoptAnonVma(prev, middle);
            if (removeMiddle)
                Remove(middle);
            else
                SetRange(middle, merge.End, middle.End, middle.IndexOf(merge.End));
            SetRange(prev, prev.Start, merge.End, prev.PageOffset);
            prev.Flags |= sticky;
            return prev;
        }

        VmArea grown = merge.Next!;
        AdoptAnonVma(grown, middle);
        if (removeMiddle)
            Remove(middle);
        else
            SetRange(middle, middle.Start, merge.Start, middle.PageOffset);
        SetRange(grown, merge.Start, grown.End, grown.PageOffset - ((merge.End - merge.Start) >> PageSize.Shift));
        grown.Flags |= sticky;
        return grown;
    }

    /// <summary>
    /// mm/vma.c: vma_modify_flags. Gives a piece of a VMA new flags: merged with a neighbour that has them, or split off.
    /// </summary>
    /// <param name="vma">The VMA; afterwards the one that covers the piece.</param>
    /// <param name="start">First byte of the piece.</param>
    /// <param name="end">End of the piece, exclusive.</param>
    /// <param name="flags">The new flags.</param>
    /// <returns>0 or -ENOMEM when there would be too many areas.</returns>
    public int ModifyFlags(ref VmArea vma, ulong start, ulong end, VmFlags flags)
        => Modify(ref vma, start, end, flags, vma.Userfault);

    public int Modify(ref VmArea vma, ulong start, ulong end, VmFlags flags, UserfaultContext? userfault)
    {
        VmaMerge merge = new()
        {
            Prev = PrevOf(vma),
            Middle = vma,
            Start = start,
            End = end,
            PageOffset = vma.IndexOf(start),
            Flags = flags,
            File = vma.File,
            Name = vma.Name,
            AnonVma = vma.AnonVma,
            Userfault = userfault,
        };
        if (MergeExistingRange(ref merge) is { } merged)
        {
            vma = merged;
            return 0;
        }

        int result = 0;
        if (vma.Start < start)
            result = Split(ref vma, start, keepUpper: true);
        if (result == 0 && vma.End > end)
            result = Split(ref vma, end, keepUpper: false);
        if (result < 0)
            return result;
        vma.Flags = flags;
        vma.Userfault = userfault;
        return 0;
    }
}
