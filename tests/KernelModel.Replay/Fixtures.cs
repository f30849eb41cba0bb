using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace KernelModel.Replay;

/// <summary>Scripts and traces that lie beside the tests.</summary>
internal static class Fixtures
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "kdiff");

    public static string Script(string name) => File.ReadAllText(Path.Combine(Root, "scripts", name + ".txt"));

    public static string Golden(string name) => File.ReadAllText(Path.Combine(Root, "golden", name + ".out"));

    /// <summary>Traces of random scripts, recorded once: a line <c>== SEED</c> before each.</summary>
    public static IReadOnlyList<KeyValuePair<ulong, string>> Recorded(ScriptKind kind)
    {
        string path = Path.Combine(Root, kind switch
        {
            ScriptKind.Swap => "random-swap.br",
            ScriptKind.Huge => "random-huge.br",
            _ => "random.br",
        });
        using BrotliStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(stream);
        return [.. Split(reader)];
    }

    /// <summary>Takes a batch of traces apart.</summary>
    public static IEnumerable<KeyValuePair<ulong, string>> Split(TextReader traces)
    {
        ulong seed = 0;
        StringBuilder? trace = null;
        while (traces.ReadLine() is { } line)
        {
            if (!line.StartsWith("== ", StringComparison.Ordinal))
            {
                trace!.Append(line).Append('\n');
                continue;
            }

            if (trace is not null)
                yield return new(seed, trace.ToString());
            seed = ulong.Parse(line.AsSpan(3), CultureInfo.InvariantCulture);
            trace = new StringBuilder();
        }

        if (trace is not null)
            yield return new(seed, trace.ToString());
    }

    /// <summary>Where the model parts from the trace of a random script, or null.</summary>
    public static string? Difference(ulong seed, string trace, ScriptKind kind, bool forbidsZeroPage = false)
        => TraceDiff.First(trace, kind.Player(forbidsZeroPage).Run(kind.Script(seed)));
}
