namespace Fs.Tmpfs;

/// <summary>What one setattr changes; null leaves a thing as it is (linux: struct iattr).</summary>
internal struct AttributeChange
{
    public uint? Mode;
    public uint? Uid;
    public uint? Gid;
    public long? Size;
    public Timespec? AccessTime;
    public Timespec? ModifyTime;
    public Timespec? ChangeTime;

    /// <summary>The caller may not keep set-user-ID, set-group-ID and capabilities on what he changes.</summary>
    public bool KillPrivileges;

    /// <summary>See <see cref="FileMode.Unprivileged"/>.</summary>
    public bool KeepSetGroupId;
}
