using KernelModel.Mm;

namespace KernelModel.Views;

/// <summary>A VMA as maps and smaps show it.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">End in bytes, exclusive.</param>
/// <param name="Flags">vm_flags.</param>
/// <param name="Offset">Where it starts in its file, in bytes; 0 without a file.</param>
/// <param name="Major">Major number of the device, 0 without a file.</param>
/// <param name="Minor">Minor number of the device.</param>
/// <param name="Inode">Inode number, 0 without a file.</param>
/// <param name="Name">Path or name, or null.</param>
/// <param name="Usage">What it uses, if that was asked for.</param>
public readonly record struct AreaView(
    ulong Start, ulong End, VmFlags Flags, ulong Offset, uint Major, uint Minor, ulong Inode, string? Name, VmaUsage Usage);
