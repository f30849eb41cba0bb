namespace KernelModel.Mm;

/// <summary>What a write to /proc/PID/clear_refs clears (fs/proc/task_mmu.c: enum clear_refs_types).</summary>
public enum ReferenceKind
{
    /// <summary>The referenced bits of all pages.</summary>
    All = 1,

    /// <summary>Those of VMAs without a file.</summary>
    Anonymous,

    /// <summary>Those of VMAs with one.</summary>
    Mapped,

    /// <summary>The soft-dirty bits, of which there are none.</summary>
    SoftDirty,

    /// <summary>The peak of the resident set.</summary>
    PeakRss,
}
