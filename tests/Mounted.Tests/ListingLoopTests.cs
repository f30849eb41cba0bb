using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>A program that changes the directory it is listing comes to an end, as on tmpfs.</summary>
public sealed class ListingLoopTests : MountedTest
{
    private const int Files = 3000;

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Each_name_is_listed_once_to_who_renames_what_he_is_given(string mode)
    {
        string directory = Filled(mode);

        int seen = Visit(directory, path => File.Move(path, Path.Combine(directory, "renamed-" + Path.GetFileName(path))));

        Assert.Equal((Files, Files), (seen, Directory.GetFiles(directory, "renamed-*").Length));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Each_name_is_listed_once_to_who_makes_anew_what_he_is_given(string mode)
    {
        string directory = Filled(mode);

        int seen = Visit(directory, path =>
        {
            File.Delete(path);
            File.Create(path).Dispose();
        });

        Assert.Equal((Files, Files), (seen, Directory.GetFiles(directory).Length));
    }

    private string Filled(string mode)
    {
        string directory = Mount(mode)["d"];
        Directory.CreateDirectory(directory);
        for (int i = 0; i < Files; i++)
            File.Create(Path.Combine(directory, i.ToString(CultureInfo.InvariantCulture))).Dispose();
        return directory;
    }

    // The entries come from readdir(3) while the loop runs; it gives up where it would not end.
    private static int Visit(string directory, Action<string> change)
    {
        int seen = 0;
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            change(path);
            if (++seen > 2 * Files)
                break;
        }

        return seen;
    }
}
