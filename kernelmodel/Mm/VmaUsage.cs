namespace KernelModel.Mm;

/// <summary>
/// The sums of one VMA, or of several, in smaps: bytes, but for the proportional ones in 1/4096 of a byte so that they
/// add up as the kernel's do (PSS_SHIFT).
/// </summary>
public record struct VmaUsage
{
#pragma warning disable CS1591 // The names are the keys of smaps.
    public long Rss { get; set; }
    public long PssFixed { get; set; }
    public long PssDirtyFixed { get; set; }
    public long PssAnonFixed { get; set; }
    public long PssFileFixed { get; set; }
    public long PssShmemFixed { get; set; }
    public long SharedClean { get; set; }
    public long SharedDirty { get; set; }
    public long PrivateClean { get; set; }
    public long PrivateDirty { get; set; }
    public long Referenced { get; set; }
    public long Anonymous { get; set; }
    public long LazyFree { get; set; }
    public long Swap { get; set; }
    public long SwapPssFixed { get; set; }
    public long LockedFixed { get; set; }
    public long SharedHugetlb { get; set; }
    public long PrivateHugetlb { get; set; }
#pragma warning restore CS1591

    /// <summary>Pages that are volatile (R70).</summary>
    public long VolatilePages { get; set; }

    /// <summary>Purged markers (R26).</summary>
    public long PurgedPages { get; set; }

    /// <summary>Adds the sums of another VMA.</summary>
    public void Add(in VmaUsage other)
    {
        Rss += other.Rss;
        PssFixed += other.PssFixed;
        PssDirtyFixed += other.PssDirtyFixed;
        PssAnonFixed += other.PssAnonFixed;
        PssFileFixed += other.PssFileFixed;
        PssShmemFixed += other.PssShmemFixed;
        SharedClean += other.SharedClean;
        SharedDirty += other.SharedDirty;
        PrivateClean += other.PrivateClean;
        PrivateDirty += other.PrivateDirty;
        Referenced += other.Referenced;
        Anonymous += other.Anonymous;
        LazyFree += other.LazyFree;
        Swap += other.Swap;
        SwapPssFixed += other.SwapPssFixed;
        LockedFixed += other.LockedFixed;
        SharedHugetlb += other.SharedHugetlb;
        PrivateHugetlb += other.PrivateHugetlb;
        VolatilePages += other.VolatilePages;
        PurgedPages += other.PurgedPages;
    }

    /// <summary>A proportional sum in kB, as smaps prints it.</summary>
    public static long ToKilobytes(long fixedPoint) => fixedPoint >> 22;
}
