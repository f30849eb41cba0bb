using KernelModel.Mm;
using KernelModel.Tests.Mapping;

namespace KernelModel.Tests.Product;

/// <summary>What the oracle knows of a file, or of the object behind shared anonymous memory.</summary>
internal sealed class FileState(string name)
{
    /// <summary>Pages that can be mapped or marked, most of them behind the end.</summary>
    public const int Most = 1024;

    public string Name => name;

    /// <summary>The page cache; of a file of a mount while a task maps it.</summary>
    public PageCache? Cache { get; set; }

    /// <summary>The mount's side of it, or null.</summary>
    public TestFile? Mount { get; init; }

    /// <summary>Pages it has.</summary>
    public int Size { get; set; }

    public long[] Value { get; } = new long[Most];

    public bool[] Marked { get; } = new bool[Most];

    public bool[] WasMarked { get; } = new bool[Most];

    /// <summary>Purged and not reported yet.</summary>
    public bool[] Unreported { get; } = new bool[Most];

    /// <summary>A range that was purged may have covered it.</summary>
    public bool[] MayHaveTombstone { get; } = new bool[Most];

    /// <summary>What the call under way took back.</summary>
    public bool[] TakenBack { get; } = new bool[Most];

    /// <summary>Whether the tasks' pages are older than the mount's, until somebody looks.</summary>
    public bool HasNews => Cache is MountFile { Space.HasNews: true };

    public void Resize(int pages)
    {
        for (int i = pages; i < Most; i++)
            Value[i] = 0;
        Size = pages;
    }
}
