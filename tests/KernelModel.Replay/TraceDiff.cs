using System.Text;

namespace KernelModel.Replay;

/// <summary>Finds where two traces part.</summary>
internal static class TraceDiff
{
    /// <summary>The first lines that differ, with the operation they belong to; null when the traces are equal.</summary>
    public static string? First(string kernel, string model)
    {
        string[] expected = kernel.Split('\n');
        string[] actual = model.Split('\n');
        int count = Math.Max(expected.Length, actual.Length);
        for (int i = 0; i < count; i++)
        {
            string a = i < expected.Length ? expected[i] : "<end>";
            string b = i < actual.Length ? actual[i] : "<end>";
            if (a == b)
                continue;
            int operation = i;
            while (operation > 0 && (operation >= expected.Length || expected[operation].StartsWith("  ", StringComparison.Ordinal)))
                operation--;
            StringBuilder text = new();
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"line {i + 1}, in '{expected[operation]}'\n");
            text.Append("  kernel ").Append(a).Append("\n  model  ").Append(b);
            return text.ToString();
        }

        return null;
    }
}
