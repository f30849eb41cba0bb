namespace Mounted.Tests.Running;

/// <summary>The C programs of <c>native/</c>, compiled on first use into the directory they were copied to.</summary>
internal static class NativePrograms
{
    private static readonly Lazy<string> s_agent = new(static () => Compile("agent"));
    private static readonly Lazy<string> s_faults = new(static () => Compile("faults"));
    private static readonly Lazy<string> s_ring = new(static () => Compile("ring"));

    public static string Agent => s_agent.Value;

    public static string Faults => s_faults.Value;

    public static string Ring => s_ring.Value;

    private static string Compile(string name)
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "native");
        string program = Path.Combine(directory, name);
        string built = $"{program}.{Environment.ProcessId}";
        Command.Run(
            Prerequisites.Program("gcc", "gcc"),
            "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-I", directory, program + ".c", "-o", built).Succeeded();
        File.Move(built, program, overwrite: true); // another run may be using the old one
        return program;
    }
}
