using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mm;

/// <summary>A small machine with one task, and the calls the tests make most, in pages of an arena.</summary>
internal sealed class TestMachine
{
    public const ulong Base = 0x1000_0000;

    public TestMachine(int totalPages = 4096, int swapPages = 0, VrangeLru? ranges = null)
    {
        Kernel = new Kernel(new KernelOptions { TotalPages = totalPages, SwapPages = swapPages, Ranges = ranges });
        Task = Kernel.Tasks.Create("test")!;
    }

    public Kernel Kernel { get; }

    public TaskStruct Task { get; }

    public MmStruct Mm => Task.Mm!;

    public static ulong At(long page) => Base + ((ulong)page * 4096);

    public static ulong Size(long pages) => (ulong)pages * 4096;

    public void Map(int page, int pages, MapFlags flags = MapFlags.Private, Prot prot = Prot.Read | Prot.Write)
        => Xunit.Assert.Equal((long)At(page), Mm.Mmap(At(page), Size(pages), prot, flags | MapFlags.Anonymous | MapFlags.Fixed));

    public static void Fill(TaskStruct task, int page, int pages)
    {
        for (int i = page; i < page + pages; i++)
            Xunit.Assert.True(task.Store(At(i), BitConverter.GetBytes(i + 1)));
    }

    public void Fill(int page, int pages) => Fill(Task, page, pages);

    /// <summary>The number <see cref="Fill(int, int)"/> stored, 0 for zeros, -1 when the load is a signal.</summary>
    public static int Peek(TaskStruct task, int page)
    {
        byte[] bytes = new byte[4];
        return task.Load(At(page), bytes) ? BitConverter.ToInt32(bytes) : -1;
    }

    public int Peek(int page) => Peek(Task, page);

    public long Vrange(int page, int pages, uint mode, out bool purged) => Mm.Vrange(At(page), Size(pages), mode, 0, out purged);

    public long Mark(int page, int pages) => Vrange(page, pages, 1, out _);

    public (long Bytes, bool Purged) Unmark(int page, int pages) => (Vrange(page, pages, 0, out bool purged), purged);

    public string Areas() => string.Join(' ', Mm.Areas.Select(vma =>
        $"{(vma.Start - Base) / 4096}-{(vma.End - Base) / 4096}{((vma.Flags & VmFlags.Volatile) != 0 ? "v" : "")}"));

    public void Check() => Invariants.Check(Kernel);
}
