using System.Collections.Concurrent;
using Fuse;

namespace Mounted.Tests.Running;

/// <summary>
/// A mount of a stranger who answers no write. A process that maps its file by an O_NONBLOCK open, which bypasses the page
/// cache, after it has stored to it through another mapping, waits in mmap(2) for that write, with its address space locked.
/// The test itself never looks at it.
/// </summary>
internal sealed class HungMount : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(90);

    private readonly FuseMount _mount;
    private readonly FuseSession _session;
    private readonly Timer _watchdog;

    public HungMount(string directory)
    {
        Directory.CreateDirectory(directory);
        FileName = Path.Combine(directory, "f");
        _mount = FuseMount.Mount(directory, new MountOptions { AllowOther = true });
        _session = new FuseSession(new Hung(), _mount, new FuseSessionOptions { UseIoUring = false });
        _session.Start();
        _watchdog = new Timer(_ => _mount.Abort(), null, s_deadline, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Its one file, a page long.</summary>
    public string FileName { get; }

    public void Dispose()
    {
        _watchdog.Dispose();
        _ = _mount.Abort();
        _mount.Dispose();
        _session.Dispose();
    }

    private sealed class Hung : FuseFileSystem
    {
        private const uint O_NONBLOCK = 0x800;
        private const ulong File = 2;

        // Never completed; the end of the session answers them.
        private readonly ConcurrentBag<FusePendingReply> _unanswered = [];

        public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        {
            entry.nodeid = File;
            entry.entry_valid = entry.attr_valid = 3600;
            Fill(File, ref entry.attr);
            return 0;
        }

        public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes)
        {
            attributes.attr_valid = 3600;
            Fill(node, ref attributes.attr);
            return 0;
        }

        public override int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
        {
            open.open_flags = FOPEN.FOPEN_KEEP_CACHE | ((arg.flags & O_NONBLOCK) != 0 ? FOPEN.FOPEN_DIRECT_IO : 0);
            return 0;
        }

        public override int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination)
        {
            destination.Clear();
            return destination.Length;
        }

        public override int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source)
        {
            _unanswered.Add(request.Defer());
            return FuseResult.Deferred;
        }

        public override int Release(FuseRequest request, ulong node, in fuse_release_in arg) => 0;

        private static void Fill(ulong node, ref fuse_attr attributes)
        {
            attributes.ino = node;
            attributes.mode = node == File ? 0x81B6u : 0x41EDu;
            attributes.nlink = 1;
            attributes.size = node == File ? 4096u : 0u;
        }
    }
}
