namespace Fuse;

/// <summary>Options of a mount.</summary>
public sealed class MountOptions
{
    /// <summary>What df and /proc/mounts show as the device.</summary>
    public string FsName { get; init; } = "fuse";

    /// <summary>Makes the type <c>fuse.</c><see cref="Subtype"/>; empty for plain <c>fuse</c>.</summary>
    public string Subtype { get; init; } = "";

    /// <summary>Other users may use the mount. With fusermount3, user_allow_other must be set in /etc/fuse.conf.</summary>
    public bool AllowOther { get; init; }

    /// <summary>The kernel checks permissions by mode, owner and ACL.</summary>
    public bool DefaultPermissions { get; init; }

    /// <summary>Read-only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>setuid and setgid bits have no effect. fusermount3 forces this for unprivileged users.</summary>
    public bool NoSuid { get; init; }

    /// <summary>Device nodes cannot be opened. fusermount3 forces this for unprivileged users.</summary>
    public bool NoDev { get; init; }

    /// <summary>Programs cannot be run.</summary>
    public bool NoExec { get; init; }

    /// <summary>Most bytes of one READ; 0 leaves it to the negotiated request size.</summary>
    public uint MaxRead { get; init; }

    /// <summary>Who mounts.</summary>
    public MountMethod Method { get; init; }

    /// <summary>The program that mounts for unprivileged users: a path, or a name to be found in PATH.</summary>
    public string FusermountPath { get; init; } = "fusermount3";
}
