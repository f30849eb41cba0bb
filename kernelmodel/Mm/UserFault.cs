namespace KernelModel.Mm;

/// <summary>An access that waits for a page which somebody else is to bring (R61).</summary>
/// <param name="Address">The exact byte.</param>
/// <param name="IsWrite">Whether it is a store.</param>
public readonly record struct UserFault(ulong Address, bool IsWrite);
