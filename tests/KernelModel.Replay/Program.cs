using System.Globalization;
using System.IO.Compression;

namespace KernelModel.Replay;

// replay PAGES [swap] [huge] < script: the trace of the model.
// replay random SEED [swap|huge]: a random script.
// replay scripts SEED COUNT [swap|huge]: random scripts from SEED on, as the recorder's batch mode reads them.
// replay pack < traces > FILE.br: what that mode wrote, as the tests read it.
// replay batch DIRECTORY [swap|huge]: compares every script with the trace beside it.
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is ["batch", ..])
            return Batch(arguments);
        if (arguments is ["random", _, ..])
        {
            Console.Out.Write(Kind(arguments).Script(Number(arguments[1])));
            return 0;
        }

        if (arguments is ["scripts", _, _, ..])
        {
            ulong first = Number(arguments[1]);
            for (ulong seed = first; seed < first + Number(arguments[2]); seed++)
                Console.Out.Write($"== {seed}\n{Kind(arguments).Script(seed)}");
            return 0;
        }

        if (arguments is ["pack"])
        {
            using BrotliStream packed = new(Console.OpenStandardOutput(), CompressionLevel.SmallestSize);
            Console.OpenStandardInput().CopyTo(packed);
            return 0;
        }

        int pages = arguments.Length > 0 ? (int)Number(arguments[0]) : 24;
        bool swap = arguments.Contains("swap");
        ScriptPlayer player = new(pages, swap ? ScriptPlayer.DefaultSwapPages : 0, arguments.Contains("huge") ? ScriptPlayer.HugePool : -1);
        Console.Out.Write(player.Run(Console.In.ReadToEnd()));
        return 0;
    }

    private static ScriptKind Kind(string[] arguments)
        => arguments.Contains("huge") ? ScriptKind.Huge : arguments.Contains("swap") ? ScriptKind.Swap : ScriptKind.Plain;

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    // batch DIRECTORY [swap]: every N.txt against N.out; names and the first difference of those that disagree.
    private static int Batch(string[] arguments)
    {
        int agree = 0;
        int total = 0;
        foreach (string script in Directory.GetFiles(arguments[1], "*.txt").Order(StringComparer.Ordinal))
        {
            total++;
            ScriptPlayer player = Kind(arguments).Player();
            string model;
            try
            {
                model = player.Run(File.ReadAllText(script));
            }
            catch (Exception e)
            {
                model = e.ToString();
            }
            string? difference = TraceDiff.First(File.ReadAllText(Path.ChangeExtension(script, ".out")), model);
            if (difference is null)
                agree++;
            else
                Console.Out.Write($"{Path.GetFileName(script)}: {difference}\n");
        }

        Console.Out.Write($"{agree} of {total} agree\n");
        return agree == total ? 0 : 1;
    }
}
