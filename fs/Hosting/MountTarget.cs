using Fuse;

namespace Fs.Hosting;

/// <summary>Where to mount, and on what machine.</summary>
/// <param name="Directory">The mount point.</param>
/// <param name="MachineBytes">Memory of the machine.</param>
internal sealed record MountTarget(MountPoint Directory, long MachineBytes);

/// <summary>The mount cannot be made, or cannot go on; the message is for who asked for it.</summary>
internal sealed class MountFailedException(string message) : Exception(message)
{
    /// <summary>Why, for who asked. The runtime has one exception for two things, and no text for it.</summary>
    public static string ReasonOf(Exception failure)
        => failure is OutOfMemoryException ? "no memory is left, or no more threads may be started" : failure.Message;
}
