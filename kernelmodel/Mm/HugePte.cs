namespace KernelModel.Mm;

/// <summary>An entry of the page middle directory that maps 2 MiB.</summary>
/// <param name="Page">The page.</param>
/// <param name="Writable">Whether a store needs no fault.</param>
internal readonly record struct HugePte(HugePage Page, bool Writable);
