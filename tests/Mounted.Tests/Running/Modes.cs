namespace Mounted.Tests.Running;

/// <summary>Options for the ways in which bytes are read and written; what a mount promises is the same in each.</summary>
public static class Modes
{
    /// <summary>The kernel reads, writes and maps the stores itself.</summary>
    public const string Passthrough = "io=passthrough";

    /// <summary>The host caches pages, the daemon reads and writes.</summary>
    public const string Cached = "io=cached";

    /// <summary>As <see cref="Cached"/>, with SIGBUS for a purged page.</summary>
    public const string Sigbus = "fault=sigbus";

    /// <summary>As <see cref="Passthrough"/>, with requests over io_uring where the kernel has that.</summary>
    public const string PassthroughRings = Passthrough + Rings;

    /// <summary>As <see cref="Cached"/>, with requests over io_uring where the kernel has that.</summary>
    public const string CachedRings = Cached + Rings;

    private const string Rings = ",io_uring";

    public static TheoryData<string> All => [Passthrough, Cached, Sigbus, PassthroughRings, CachedRings];

    /// <summary>Those in which a purged page is zeros.</summary>
    public static TheoryData<string> Zero => [Passthrough, Cached, PassthroughRings, CachedRings];

    public static bool PassesThrough(string options) => options.Split(',').Contains(Passthrough);

    /// <summary>Whether the kernel is to offer io_uring; without the word it does not, so that a test knows what it has.</summary>
    public static bool UsesRings(string options) => options.Split(',').Contains(Rings[1..]);

    /// <summary>What a purged page is to a mapping, as an agent shows it.</summary>
    public static string Gone(string mode) => mode == Sigbus ? "BB" : "00";
}
