using KernelModel.Ranges;

namespace KernelModel.Mm;

/// <summary>
/// What leads from an anonymous page to the VMAs that may map it (linux: struct anon_vma). Pages name it by
/// <see cref="Id"/>; it lives as long as a VMA is chained to it. Guarded by the model's lock.
/// </summary>
internal sealed class AnonVma
{
    /// <summary>Slot in the kernel's table, never 0.</summary>
    public int Id;

    /// <summary>The anon_vma of the parent's VMA at fork, or itself.</summary>
    public AnonVma Parent = null!;

    /// <summary>The oldest ancestor, which outlives its descendants.</summary>
    public AnonVma Root = null!;

    /// <summary>Children, and itself when it is its own parent (mm/rmap.c: anon_vma_alloc).</summary>
    public int NumChildren;

    /// <summary>VMAs whose <see cref="VmArea.AnonVma"/> this is.</summary>
    public int NumActiveVmas;

    /// <summary>Every VMA chained to it by the indexes it spans, the descendants' at fork included (linux: rb_root).</summary>
    public readonly IntervalTree<VmArea> Areas = new();
}

/// <summary>One VMA on one anon_vma (linux: struct anon_vma_chain).</summary>
/// <param name="AnonVma">The anon_vma.</param>
/// <param name="Interval">The VMA's place in <see cref="AnonVma.Areas"/>.</param>
internal readonly record struct AnonVmaChain(AnonVma AnonVma, int Interval);
