using KernelModel.Mm;

namespace KernelModel.Tests.Product;

/// <summary>
/// The pages that random calls work on, numbered in the order of their addresses: a window for mappings, one for areas that
/// grow down, one for the heap. Calls stay inside of a window.
/// </summary>
internal sealed class Arena(int mappings)
{
    private const int Small = 12;
    private const ulong MappingsStart = 0x1000_0000;
    private const ulong StackStart = 0x7000_0000;

    public int Pages => mappings + Small + Small;

    public int Mappings => mappings;

    public int StackFirst => mappings;

    public int HeapFirst => mappings + Small;

    /// <summary>Pages of the heap's and of the stack's window.</summary>
    public static int WindowPages => Small;

    public ulong At(int page)
    {
        if (page < StackFirst)
            return MappingsStart + ((ulong)page << 12);
        return page < HeapFirst
            ? StackStart + ((ulong)(page - StackFirst) << 12)
            : MmStruct.HeapStart + ((ulong)(page - HeapFirst) << 12);
    }

    public int EndOfWindow(int page) => page < StackFirst ? StackFirst : page < HeapFirst ? HeapFirst : Pages;
}
