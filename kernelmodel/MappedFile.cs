using KernelModel.Mapping;

namespace KernelModel;

/// <summary>A file of a mount that a task has opened to map it.</summary>
/// <param name="Mapping">Its contents.</param>
/// <param name="Inode">The inode number that maps shows.</param>
/// <param name="Name">The name that maps shows.</param>
/// <param name="Readable">Whether it was opened for reading.</param>
/// <param name="Writable">Whether it was opened for writing.</param>
public sealed record MappedFile(AddressSpace Mapping, ulong Inode, string Name, bool Readable, bool Writable);
