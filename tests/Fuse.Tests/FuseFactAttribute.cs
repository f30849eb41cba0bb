namespace Fuse.Tests;

/// <summary>
/// A test that mounts. Skipped, visibly, where a mount is impossible; never if FS_REQUIRE_FUSE=1, so that a green run cannot hide
/// that nothing was mounted.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FuseFactAttribute : FactAttribute
{
    public FuseFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("FS_REQUIRE_FUSE") == "1")
            return;
        if (!File.Exists("/dev/fuse"))
            Skip = "/dev/fuse does not exist";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "mounting and aborting need root";
    }
}
