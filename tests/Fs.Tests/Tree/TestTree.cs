using System.Text;
using Fs.Tests.Stores;
using Fs.Tmpfs;
using ProcFs;

namespace Fs.Tests.Tree;

/// <summary>A superblock on real memfds, spoken to in paths.</summary>
internal sealed class TestTree(long maxInodes = 0, bool protectsSymlinks = true)
{
    public Superblock Superblock { get; } = new(new SuperblockOptions { MaxInodes = maxInodes, ProtectsSymlinks = () => protectsSymlinks }, MemfdStoreTests.NewMemfd(0), TimeProvider.System);

    public DirectoryInode Root => Superblock.Root;

    public static Caller Admin { get; } = new(0, 0, [], 1, 1, ulong.MaxValue);

    public static Caller User(uint uid, uint gid = 100, params uint[] groups) => new(uid, gid, groups, 1, 1, 0);

    public DirectoryInode MkDir(string path, uint mode = 0x1ED) => Make(path, new DirectoryInode(Superblock, mode));

    public RegularInode File(string path, uint mode = 0x1A4) => Make(path, new RegularInode(Superblock, mode));

    public SymlinkInode Symlink(string path, string target) => Make(path, new SymlinkInode(Superblock, Encoding.UTF8.GetBytes(target)));

    public T Make<T>(string path, T inode, uint uid = 0, uint gid = 0)
        where T : Inode
    {
        Assert.Equal(0, Superblock.Create(Parent(path, out byte[] name), name, inode, uid, gid));
        return inode;
    }

    public int Link(Inode inode, string path) => Superblock.Link(inode, Parent(path, out byte[] name), name);

    public int Unlink(string path) => Superblock.Unlink(Parent(path, out byte[] name), name);

    public int RmDir(string path) => Superblock.RemoveDirectory(Parent(path, out byte[] name), name);

    public int Rename(string from, string to, uint flags = 0, uint uid = 0, uint gid = 0)
        => Superblock.Rename(Parent(from, out byte[] name), name, Parent(to, out byte[] newName), newName, flags, uid, gid);

    /// <summary>What a path names, without following anything; null when there is nothing.</summary>
    public Inode? Find(string path)
    {
        Inode? at = Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = (at as DirectoryInode)?.Find(Encoding.UTF8.GetBytes(name));
        return at;
    }

    public int Walk(string path, out Inode? inode, Caller? caller = null)
        => Superblock.Walk(Encoding.UTF8.GetBytes(path), new Credentials(caller ?? Admin), "/mnt/fs"u8, out inode, out _);

    public static string PathOf(Inode inode)
        => Encoding.UTF8.GetString(Superblock.PathOf(inode, out bool isDeleted)) + (isDeleted ? " (deleted)" : "");

    /// <summary>The names of a directory in the order of a listing.</summary>
    public static string List(DirectoryInode directory)
    {
        List<string> names = [];
        for (ulong cookie = 0; Next(directory, cookie) is (string name, ulong at); cookie = at + 1)
            names.Add(name);
        return string.Join(' ', names);
    }

    /// <summary>The first name of a listing that goes on at a cookie, and its own cookie.</summary>
    public static (string Name, ulong Cookie)? Next(DirectoryInode directory, ulong cookie)
    {
        foreach (ref readonly DirectoryEntry entry in directory.EntriesBetween(cookie, ulong.MaxValue))
        {
            if (entry.Inode is not null)
                return (Encoding.UTF8.GetString(entry.Name!), entry.Cookie);
        }

        return null;
    }

    private DirectoryInode Parent(string path, out byte[] name)
    {
        int slash = path.LastIndexOf('/');
        name = Encoding.UTF8.GetBytes(path[(slash + 1)..]);
        return Assert.IsType<DirectoryInode>(Find(slash < 0 ? "" : path[..slash]));
    }
}
