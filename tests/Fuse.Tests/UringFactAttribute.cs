namespace Fuse.Tests;

/// <summary>A test that mounts with FUSE over io_uring. Skipped, visibly, where the kernel has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UringFactAttribute : FactAttribute
{
    public UringFactAttribute()
    {
        if (!File.Exists("/dev/fuse"))
            Skip = "/dev/fuse does not exist";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "mounting and aborting need root";
        else if (!File.Exists(UringParameter.FilePath))
            Skip = "the kernel has no FUSE over io_uring";
    }
}
