namespace KernelModel.Mm;

/// <summary>Flags of remap_anon_pages (S4).</summary>
[Flags]
internal enum RemapAnonFlags : ulong
{
    /// <summary>Every page of the source must be there.</summary>
    None = 0,

    /// <summary>RAP_ALLOW_SRC_HOLES: a page that is not there counts as moved.</summary>
    AllowSourceHoles = 1,
}
