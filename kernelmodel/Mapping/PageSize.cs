namespace KernelModel.Mapping;

/// <summary>The page of x86-64 and arm64 Linux with 4 KiB pages.</summary>
public static class PageSize
{
    /// <summary>log2 of the page size.</summary>
    public const int Shift = 12;

    /// <summary>Bytes in a page.</summary>
    public const int Bytes = 1 << Shift;

    /// <summary>The page that holds a byte.</summary>
    public static ulong PageOf(long offset) => (ulong)offset >> Shift;

    /// <summary>The first byte of a page.</summary>
    public static long OffsetOf(ulong page) => (long)(page << Shift);

    /// <summary>Pages that <paramref name="length"/> bytes take, rounded up.</summary>
    public static long PagesFor(long length) => (length >> Shift) + (length % Bytes != 0 ? 1 : 0);
}
