namespace Fs.Hosting;

/// <summary>
/// The command line as it was given. The runtime decodes it as UTF-8, which loses what the names of some directories consist of.
/// </summary>
internal static class CommandLineBytes
{
    /// <summary>The bytes of one of the arguments.</summary>
    /// <param name="arguments">All of them, as the runtime decoded them.</param>
    /// <param name="argument">The one.</param>
    public static byte[] Of(string[] arguments, string argument) => Of(File.ReadAllBytes("/proc/self/cmdline"), arguments, argument);

    /// <summary>As above, of a command line that ends with these arguments, each with a NUL behind it.</summary>
    internal static byte[] Of(ReadOnlySpan<byte> commandLine, string[] arguments, string argument)
    {
        int fromEnd = arguments.Length - Array.IndexOf(arguments, argument);
        ReadOnlySpan<byte> rest = commandLine[..^1];
        while (--fromEnd > 0)
            rest = rest[..rest.LastIndexOf((byte)0)];
        return rest[(rest.LastIndexOf((byte)0) + 1)..].ToArray();
    }
}
