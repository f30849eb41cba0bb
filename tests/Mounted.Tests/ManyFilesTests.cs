using System.Globalization;
using System.Text;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>More files with data than the daemon may have open.</summary>
public sealed class ManyFilesTests : MountedTest
{
    private const int Files = 20_000;
    private const int PerDirectory = 500;
    private const int OpenFiles = 400;

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Every_file_keeps_its_bytes_under_a_small_limit_of_open_files(string mode)
    {
        Mount mount = Mount($"{mode},size=200m,nr_inodes=30000", deadlineSeconds: 200, OpenFiles);
        long free = FreePages(mount);
        for (int i = 0; i < Files; i++)
        {
            if (i % PerDirectory == 0)
                Directory.CreateDirectory(mount[Parent(i)]);
            File.WriteAllBytes(mount[Name(i)], Content(i));
        }

        Assert.Equal(Files, free - FreePages(mount));
        for (int first = 0; first < Files; first += PerDirectory)
        {
            FileInfo[] listed = new DirectoryInfo(mount[Parent(first)]).GetFiles();
            Assert.Equal(PerDirectory, listed.Length);
            Assert.All(listed, file => Assert.Equal(Content(int.Parse(file.Name, CultureInfo.InvariantCulture)).Length, file.Length));
        }

        // Far apart, so that the next one is never among those still open; some of them not from the host's page cache.
        Agent agent = mount.NewAgent();
        for (int n = 0; n < Files; n++)
        {
            int i = (int)(n * 7919L % Files);
            if (n % 10 == 0)
            {
                int descriptor = agent.Open(mount[Name(i)]);
                agent.ForgetCache(descriptor);
                agent.Close(descriptor);
            }

            Assert.Equal(Content(i), File.ReadAllBytes(mount[Name(i)]));
        }

        // Held open, more than the daemon's idle ones leave room for.
        List<FileStream> open = [.. Enumerable.Range(0, OpenFiles / 2).Select(i => File.OpenRead(mount[Name(i * 50)]))];
        Assert.All(open, file => Assert.NotEqual(-1, file.ReadByte()));
        foreach (FileStream file in open)
            file.Dispose();

        for (int first = 0; first < Files; first += PerDirectory)
            Directory.Delete(mount[Parent(first)], recursive: true);
        Assert.Equal(free, FreePages(mount));
    }

    private static string Parent(int file) => string.Create(CultureInfo.InvariantCulture, $"d{file / PerDirectory}");

    private static string Name(int file) => string.Create(CultureInfo.InvariantCulture, $"{Parent(file)}/{file}");

    // One page, and another length and text than those of its neighbours.
    private static byte[] Content(int file)
        => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(string.Create(CultureInfo.InvariantCulture, $"{file} "), 1 + (file % 7))));

    private static long FreePages(Mount mount)
        => long.Parse(Command.Run("stat", "-f", "-c", "%f", mount.Root).Succeeded(), CultureInfo.InvariantCulture);
}
