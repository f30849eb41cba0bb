namespace KernelModel.Mm;

/// <summary>What /proc/PID/pagemap tells of one page.</summary>
/// <param name="Present">Bit 63.</param>
/// <param name="Swapped">Bit 62; also set for guard markers, as in the kernel.</param>
/// <param name="FileOrShared">Bit 61.</param>
/// <param name="Guard">Bit 58.</param>
/// <param name="Exclusive">Bit 56: mapped once.</param>
/// <param name="Frame">Frame number, or the swap slot of a swapped page.</param>
public readonly record struct PageView(bool Present, bool Swapped, bool FileOrShared, bool Guard, bool Exclusive, ulong Frame);
