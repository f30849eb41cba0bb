using System.IO.Compression;

namespace KernelModel.Tests.Kdiff;

/// <summary>Scripts and traces that lie beside the tests.</summary>
internal static class Fixtures
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "kdiff");

    public static string Script(string name) => File.ReadAllText(Path.Combine(Root, "scripts", name + ".txt"));

    public static string Golden(string name) => File.ReadAllText(Path.Combine(Root, "golden", name + ".out"));

    /// <summary>Traces of random scripts, recorded once: a line <c>== SEED</c> before each.</summary>
    public static IEnumerable<(ulong Seed, string Trace)> Recorded(bool swap)
    {
        string path = Path.Combine(Root, swap ? "random-swap.br" : "random.br");
        using BrotliStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(stream);
        foreach (string part in ("\n" + reader.ReadToEnd()).Split("\n== ", StringSplitOptions.RemoveEmptyEntries))
        {
            int end = part.IndexOf('\n', StringComparison.Ordinal);
            string trace = part[(end + 1)..];
            yield return (ulong.Parse(part[..end], System.Globalization.CultureInfo.InvariantCulture), trace.EndsWith('\n') ? trace : trace + "\n");
        }
    }
}
