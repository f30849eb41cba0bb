namespace KernelModel;

public sealed partial class Kernel
{
    private static int DiscardVolatile(int wanted, bool direct) => 0;

    private static bool PurgeIfVolatile(int pfn, bool direct) => false;
}
