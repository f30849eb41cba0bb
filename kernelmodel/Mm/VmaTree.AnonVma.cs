using KernelModel.Mapping;

namespace KernelModel.Mm;

// The kernel lets a child reuse an anon_vma that lost its VMAs, and merges only areas whose chain is their own: both
// decide which areas merge later, so the chains are kept exactly (mm/rmap.c).
internal sealed partial class VmaTree
{
    private const VmFlags AnonVmaCompatible = ~(VmFlags.Access | Sticky);

    /// <summary>mm/rmap.c: __anon_vma_prepare. The first private page of a VMA needs an anon_vma, a neighbour's if it fits.</summary>
    public void PrepareAnonVma(VmArea vma)
    {
        if (vma.AnonVma is not null)
            return;
        AnonVma? anonVma = NextOf(vma) is { } next ? Reusable(next, vma, next) : null;
        anonVma ??= PrevOf(vma) is { } prev ? Reusable(prev, prev, vma) : null;
        anonVma ??= kernel.Rmap.AllocAnonVma(null);
        vma.AnonVma = anonVma;
        Chain(vma, anonVma);
        anonVma.NumActiveVmas++;
    }

    /// <summary>mm/vma.c: reusable_anon_vma.</summary>
    private static AnonVma? Reusable(VmArea old, VmArea a, VmArea b)
    {
        bool compatible = a.End == b.Start && a.File == b.File && ((a.Flags ^ b.Flags) & AnonVmaCompatible) == 0
            && b.PageOffset == a.PageOffset + ((b.Start - a.Start) >> PageSize.Shift);
        return compatible && old.AnonVma is not null && old.AnonChain.Count == 1 ? old.AnonVma : null;
    }

    private static void Chain(VmArea vma, AnonVma anonVma)
    {
        vma.AnonChain.Add(new AnonVmaChain(anonVma, anonVma.Areas.Add(vma.PageOffset, vma.LastIndex, vma)));
    }

    /// <summary>mm/vma.c: dup_anon_vma. A survivor of a merge without pages of its own takes the other's chain.</summary>
    private static void AdoptAnonVma(VmArea target, VmArea source)
    {
        if (source.AnonVma is null || target.AnonVma is not null || ReferenceEquals(target, source))
            return;
        target.AnonVma = source.AnonVma;
        CloneChain(target, source, reuse: false);
        target.AnonVma.NumActiveVmas++;
    }

    /// <summary>A split or a copy: the same anon_vma, the same chain.</summary>
    public static void CloneAnonVma(VmArea target, VmArea source)
    {
        target.AnonVma = source.AnonVma;
        CloneChain(target, source, reuse: false);
        if (target.AnonVma is not null)
            target.AnonVma.NumActiveVmas++;
    }

    /// <summary>mm/rmap.c: anon_vma_clone.</summary>
    private static void CloneChain(VmArea target, VmArea source, bool reuse)
    {
        // Oldest ancestor first, as the kernel walks its list from the tail.
        foreach ((AnonVma anonVma, _) in source.AnonChain)
        {
            Chain(target, anonVma);

            // An ancestor that has no VMA left and at most one child may serve the child itself.
            if (reuse && target.AnonVma is null && anonVma.NumChildren < 2 && anonVma.NumActiveVmas == 0)
                target.AnonVma = anonVma;
        }
    }

    /// <summary>mm/rmap.c: anon_vma_fork.</summary>
    public void ForkAnonVma(VmArea child, VmArea parent)
    {
        if (parent.AnonVma is null)
            return;
        CloneChain(child, parent, reuse: true);
        if (child.AnonVma is null)
        {
            AnonVma own = kernel.Rmap.AllocAnonVma(parent.AnonVma);
            Chain(child, own);
            child.AnonVma = own;
        }

        child.AnonVma.NumActiveVmas++;
    }

    /// <summary>mm/rmap.c: unlink_anon_vmas.</summary>
    public void UnlinkAnonVmas(VmArea vma)
    {
        if (vma.AnonVma is not null)
        {
            vma.AnonVma.NumActiveVmas--;
            vma.AnonVma = null;
        }

        foreach ((AnonVma anonVma, int interval) in vma.AnonChain)
            anonVma.Areas.Remove(interval);

        // Children first: a parent is only free once no child counts on it.
        for (int i = vma.AnonChain.Count - 1; i >= 0; i--)
            kernel.Rmap.PutAnonVma(vma.AnonChain[i].AnonVma);
        vma.AnonChain.Clear();
    }
}
