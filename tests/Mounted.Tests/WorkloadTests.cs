using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Programs that know nothing of all this, inside of the mount.</summary>
public sealed class WorkloadTests : MountedTest
{
    // A line a file: type, mode, owner, time, link target; size and contents of regular files; xattrs.
    private const string Manifest = """
        find . -mindepth 1 ! -type f -printf '%P %y %m %U %G %T@ %l\n' | sort
        find . -type f -printf '%P %y %m %U %G %n %s %T@\n' | sort
        find . -type f -print0 | sort -z | xargs -0 sha256sum
        getfattr -R -d -m - . | grep -v '^$'
        """;

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Cp_and_tar_carry_a_tree_in_and_out(string mode)
    {
        Mount mount = Mount(mode);
        Prerequisites.Program("getfattr", "attr");
        string source = Path.Combine(mount.Outside, "source");
        Command.Shell($"""
            set -e
            mkdir -p {source}/a/b && cp -r {Repository.Root}/fs/Fuse {Repository.Root}/docs {source}/a
            rm -rf {source}/a/Fuse/bin {source}/a/Fuse/obj
            cd {source}
            ln -s a/docs link; ln -s /nowhere dangling; ln a/docs/* a/b; mkfifo fifo; mknod null c 1 3
            truncate -s 5M sparse; printf x | dd of=sparse bs=1 seek=3000000 conv=notrunc status=none
            setfattr -n user.note -v hello a/b; chown 65534:100 a/b; chmod 2751 a/b; touch -d '2001-02-03 04:05:06.123456789' link a/b/*
            head -c 3000000 /dev/urandom > 'a name with blanks'
            """).Succeeded();
        string expected = Command.Shell($"cd {source} && {Manifest}").Succeeded();
        Assert.Contains("a/b", expected, StringComparison.Ordinal);

        Command.Shell($"cp -a {source} {mount["copy"]}").Succeeded();
        Assert.Equal(expected, Command.Shell($"cd {mount["copy"]} && {Manifest}").Succeeded());
        Assert.Equal("8", Command.Run("stat", "-c", "%b", mount["copy/sparse"]).Succeeded().Trim());

        Command.Shell($"cp -a {mount["copy"]} {mount["second"]} && cp -a {mount["second"]} {mount.Outside}/back").Succeeded();
        Assert.Equal(expected, Command.Shell($"cd {mount.Outside}/back && {Manifest}").Succeeded());

        Command.Shell($"tar -C {mount["copy"]} --xattrs --format=posix -cf {mount["t.tar"]} . && mkdir {mount["out"]} && tar -C {mount["out"]} --xattrs -xpf {mount["t.tar"]}").Succeeded();
        Assert.Equal(expected, Command.Shell($"cd {mount["out"]} && {Manifest}").Succeeded());

        Command.Shell($"cd {mount.Root} && rm -rf copy second out t.tar").Succeeded();
        Assert.Equal(["proc"], Directory.EnumerateFileSystemEntries(mount.Root).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Git_clones_commits_and_packs(string mode)
    {
        Mount mount = Mount(mode);
        Prerequisites.Program("git", "git");
        Command.Shell($"""
            set -e
            export HOME={mount.Outside} GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
            mkdir {mount.Outside}/origin; cd {mount.Outside}/origin; git init -q
            cp -r {Repository.Root}/kernelmodel {Repository.Root}/procfs .; rm -rf */bin */obj
            for i in 1 2 3; do echo "$i" >> log; git add -A; git commit -q -m "commit $i"; done
            git clone -q --no-hardlinks . {mount["clone"]}; cd {mount["clone"]}
            git fsck --strict
            for i in 4 5 6 7; do echo "$i" >> log; git mv log log.$i; git mv log.$i log; git commit -q -a -m "commit $i"; done
            git gc -q --prune=now; git fsck --strict; git status --porcelain
            git checkout -q HEAD~4; diff -r -x .git . {mount.Outside}/origin
            """).Succeeded();
        Assert.Equal("7", Command.Shell($"git -c safe.directory='*' -C {mount["clone"]} rev-list --count --all").Succeeded().Trim());
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Sqlite_writes_ahead_from_two_processes(string mode)
    {
        Mount mount = Mount(mode);
        Prerequisites.Program("sqlite3", "sqlite3");
        Command.Shell($$"""
            set -e
            cd {{mount.Root}}
            sqlite3 db 'pragma journal_mode=wal; create table t(who text, n integer, x blob);'
            insert() { for i in $(seq 100); do echo "insert into t values('$1', $i, randomblob(5000));"; done | sqlite3 -cmd '.timeout 30000' db; }
            insert a & a=$!; insert b & b=$!
            wait $a; wait $b
            """).Succeeded();

        Assert.Equal("wal", Sqlite(mount, "pragma journal_mode"));
        Assert.Equal("ok", Sqlite(mount, "pragma integrity_check"));
        Assert.Equal("a|100|5050\nb|100|5050", Sqlite(mount, "select who, count(*), sum(n) from t group by who order by who"));
        Sqlite(mount, "delete from t where n % 2; vacuum; pragma wal_checkpoint(truncate)");
        Assert.Equal("ok\n100", Sqlite(mount, "pragma integrity_check; select count(*) from t"));
    }

    [Fact]
    public void Dotnet_builds_and_runs_a_project()
    {
        Mount mount = Mount("", deadlineSeconds: 150);
        Directory.CreateDirectory(mount["app"]);
        File.WriteAllText(mount["app/app.csproj"], """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        File.WriteAllText(mount["app/Program.cs"], "System.Console.WriteLine(\"built \" + string.Join(',', args));");

        System.Diagnostics.ProcessStartInfo build = Command.Info(
            Prerequisites.Program("dotnet", "dotnet-sdk-10.0"), "build", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-v", "q", mount["app"]);
        Command.Run(TimeSpan.FromSeconds(120), build).Succeeded();

        Assert.Equal("built in,the,mount\n", Command.Run(mount["app/bin/Debug/net10.0/app"], "in", "the", "mount").Succeeded());
    }

    private static string Sqlite(Mount mount, string sql) => Command.Run("sqlite3", mount["db"], sql).Succeeded().Trim();
}
