namespace Fuse;

/// <summary>Who mounts.</summary>
public enum MountMethod
{
    /// <summary>mount(2) if the process may, else fusermount3.</summary>
    Auto,

    /// <summary>mount(2), which needs CAP_SYS_ADMIN.</summary>
    SystemCall,

    /// <summary>The setuid program fusermount3.</summary>
    Fusermount,
}
