namespace KernelModel.Tasks;

/// <summary>Who a task is (linux: struct cred). Immutable: a change replaces it.</summary>
/// <param name="Uid">Real, effective, saved and file system user.</param>
/// <param name="Gid">Real, effective, saved and file system group.</param>
/// <param name="EffectiveCapabilities">CapEff as a bit mask.</param>
public sealed record Credentials(uint Uid, uint Gid, ulong EffectiveCapabilities)
{
    /// <summary>All capabilities of Linux 6.18.</summary>
    public const ulong AllCapabilities = (1UL << 41) - 1;

    /// <summary>The superuser.</summary>
    public static Credentials Root { get; } = new(0, 0, AllCapabilities);

    /// <summary>Supplementary groups.</summary>
    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>A user with no capability.</summary>
    public static Credentials User(uint uid, uint gid) => new(uid, gid, 0);

    /// <summary>Whether the effective set holds a capability.</summary>
    public bool Has(Capability capability) => (EffectiveCapabilities >> (int)capability & 1) != 0;

    /// <summary>The same user without a capability.</summary>
    public Credentials Without(Capability capability)
        => this with { EffectiveCapabilities = EffectiveCapabilities & ~(1UL << (int)capability) };
}
