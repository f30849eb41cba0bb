using KernelModel.Mapping;

namespace ProcFs;

/// <summary>A regular file of the mount.</summary>
public interface IMountFile
{
    /// <summary>Inode number.</summary>
    ulong Ino { get; }

    /// <summary>Its contents.</summary>
    AddressSpace Mapping { get; }

    /// <summary>Owner.</summary>
    uint Uid { get; }

    /// <summary>A path from the root of the mount; the last one it had when it has no name any more.</summary>
    byte[] Path(out bool isDeleted);
}
