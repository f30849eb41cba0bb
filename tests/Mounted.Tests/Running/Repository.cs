namespace Mounted.Tests.Running;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Fs.sln")))
            directory = Path.GetDirectoryName(directory);
        Assert.NotNull(directory);
        return directory;
    }
}
