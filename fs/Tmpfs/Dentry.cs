namespace Fs.Tmpfs;

/// <summary>A name in a directory. Two are equal when they are the same entry, not when they spell the same.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="Name">The name, without a NUL.</param>
internal readonly record struct Dentry(DirectoryInode Parent, byte[] Name);
