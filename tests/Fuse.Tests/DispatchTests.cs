namespace Fuse.Tests;

/// <summary>Every opcode: what is decoded, and what the answer looks like on the wire.</summary>
public sealed unsafe class DispatchTests : IDisposable
{
    private const int EntryLength = 128;
    private const int OpenLength = 16;
    private readonly RecordingFileSystem _fileSystem = new();
    private readonly FakeKernel _kernel;

    public DispatchTests() => _kernel = FakeKernel.Initialized(_fileSystem);

    public void Dispose() => _kernel.Dispose();

    public static TheoryData<uint, byte[], string, int> Requests => new()
    {
        { 1, Wire.Name("naïve"), "Lookup 9 naïve", EntryLength },
        { 3, Wire.Of(new fuse_getattr_in { getattr_flags = GetAttrFlags.FUSE_GETATTR_FH, fh = 4 }), "GetAttr 9 1 4", 104 },
        { 4, Wire.Of(new fuse_setattr_in { valid = FATTR.FATTR_SIZE, size = 10, mode = 3 }), "SetAttr 9 8 10 3", 104 },
        { 5, [], "ReadLink 9", 7 },
        { 6, Wire.Join(Wire.Name("link"), Wire.Name("../to")), "SymLink 9 link ../to", EntryLength },
        { 8, Wire.Join(Wire.Of(new fuse_mknod_in { mode = 1, rdev = 2, umask = 3 }), Wire.Name("n")), "MkNod 9 1 2 3 n", EntryLength },
        { 9, Wire.Join(Wire.Of(new fuse_mkdir_in { mode = 7, umask = 2 }), Wire.Name("d")), "MkDir 9 7 2 d", EntryLength },
        { 10, Wire.Name("gone"), "Unlink 9 gone", 0 },
        { 11, Wire.Name("gone"), "RmDir 9 gone", 0 },
        { 12, Wire.Join(Wire.Of(new fuse_rename_in { newdir = 8 }), Wire.Name("a"), Wire.Name("b")), "Rename 9 8 0 a b", 0 },
        { 45, Wire.Join(Wire.Of(new fuse_rename2_in { newdir = 8, flags = 2 }), Wire.Name("a"), Wire.Name("b")), "Rename 9 8 2 a b", 0 },
        { 13, Wire.Join(Wire.Of(new fuse_link_in { oldnodeid = 5 }), Wire.Name("l")), "Link 5 9 l", EntryLength },
        { 14, Wire.Of(new fuse_open_in { flags = 2, open_flags = OpenInFlags.FUSE_OPEN_KILL_SUIDGID }), "Open 9 2 1", OpenLength },
        { 15, Wire.Of(new fuse_read_in { fh = 1, offset = 4096, size = 50 }), "Read 9 1 4096 50 50", 50 },
        { 16, Wire.Join(Wire.Of(new fuse_write_in { fh = 1, offset = 2, size = 3, write_flags = WriteFlags.FUSE_WRITE_CACHE }), "abc"u8.ToArray()), "Write 9 1 2 1 abc", 8 },
        { 17, [], "StatFs 9", 80 },
        { 18, Wire.Of(new fuse_release_in { fh = 6, release_flags = ReleaseFlags.FUSE_RELEASE_FLUSH }), "Release 9 6 1", 0 },
        { 20, Wire.Of(new fuse_fsync_in { fh = 6, fsync_flags = FsyncFlags.FUSE_FSYNC_FDATASYNC }), "FSync 9 6 1", 0 },
        { 22, Wire.Join(Wire.Of(new fuse_getxattr_in { size = 9 }), Wire.Name("user.a")), "GetXAttr 9 user.a 9 9", 5 },
        { 23, Wire.Of(new fuse_getxattr_in { size = 9 }), "ListXAttr 9 9 9", 7 },
        { 24, Wire.Name("user.a"), "RemoveXAttr 9 user.a", 0 },
        { 25, Wire.Of(new fuse_flush_in { fh = 6, lock_owner = 3 }), "Flush 9 6 3", 0 },
        { 27, Wire.Of(new fuse_open_in { flags = 65536 }), "OpenDir 9 65536", OpenLength },
        { 29, Wire.Of(new fuse_release_in { fh = 6 }), "ReleaseDir 9 6", 0 },
        { 30, Wire.Of(new fuse_fsync_in { fh = 6 }), "FSyncDir 9 6", 0 },
        { 34, Wire.Of(new fuse_access_in { mask = 5 }), "Access 9 5", 0 },
        { 40, Wire.Of(new fuse_poll_in { fh = 1, kh = 2, flags = PollFlags.FUSE_POLL_SCHEDULE_NOTIFY, events = 4 }), "Poll 9 1 2 1 4", 8 },
        { 43, Wire.Of(new fuse_fallocate_in { fh = 1, offset = 2, length = 3, mode = 4 }), "FAllocate 9 1 2 3 4", 0 },
        { 46, Wire.Of(new fuse_lseek_in { fh = 1, offset = 2, whence = 3 }), "LSeek 9 1 2 3", 8 },
        { 50, Wire.Of(default(fuse_syncfs_in)), "SyncFs 9", 0 },
        { 51, Wire.Join(Wire.Of(new fuse_create_in { flags = 2, mode = 3 }), Wire.Name("/")), "TmpFile 9 2 3", EntryLength + OpenLength },
        { 52, Wire.Of(new fuse_statx_in { fh = 1, sx_flags = 2, sx_mask = 3 }), "StatX 9 1 2 3", 288 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void ARequestIsDecodedAndAnsweredInItsForm(uint opcode, byte[] arguments, string call, int length)
    {
        Reply reply = _kernel.Call((FuseOpcode)opcode, 9, arguments);

        Assert.Equal(0, reply.Error);
        Assert.Equal(call, Assert.Single(_fileSystem.Calls));
        Assert.Equal(length, reply.Payload.Length);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void AnErrorIsAHeaderAndNothingElse(uint opcode, byte[] arguments, string call, int length)
    {
        _ = length;
        _fileSystem.Result = -Errno.EROFS;

        Reply reply = _kernel.Call((FuseOpcode)opcode, 9, arguments);

        Assert.Equal(-Errno.EROFS, reply.Error);
        Assert.Empty(reply.Payload);
        Assert.NotEmpty(call);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void ATruncatedRequestIsRefusedAndNeverReachesTheFileSystem(uint opcode, byte[] arguments, string call, int length)
    {
        // What a reader does not need may be missing: SYNCFS has nothing but padding, O_TMPFILE a name without meaning.
        _ = length;
        int needed = (FuseOpcode)opcode == FuseOpcode.FUSE_TMPFILE ? sizeof(fuse_create_in) : arguments.Length;
        for (int cut = 0; cut < needed && call != "SyncFs 9"; cut++)
            Assert.Equal(-Errno.EIO, _kernel.Call((FuseOpcode)opcode, 9, arguments[..cut]).Error);

        if (call != "SyncFs 9")
            Assert.Empty(_fileSystem.Calls);
    }

    [Fact]
    public void TheCallerIsKnown()
    {
        (uint, uint, uint, ulong, FuseOpcode) seen = default;
        _fileSystem.Before = request => seen = (request.Uid, request.Gid, request.Pid, request.NodeId, request.Opcode);

        _kernel.Call(FuseOpcode.FUSE_UNLINK, 3, Wire.Name("x"));

        Assert.Equal((1000u, 100u, 4242u, 3ul, FuseOpcode.FUSE_UNLINK), seen);
    }

    [Fact]
    public void AnswersCarryWhatTheFileSystemFilledIn()
    {
        fuse_entry_out entry = _kernel.Call(FuseOpcode.FUSE_LOOKUP, 1, Wire.Name("a")).As<fuse_entry_out>();
        Assert.Equal((RecordingFileSystem.Node, 5ul, 1ul, 2ul), (entry.nodeid, entry.generation, entry.entry_valid, entry.attr_valid));
        Assert.Equal(0x81A4u, entry.attr.mode);
        Assert.Equal(9ul, _kernel.Call(FuseOpcode.FUSE_GETATTR, 9, Wire.Of(default(fuse_getattr_in))).As<fuse_attr_out>().attr.ino);
        Assert.Equal(RecordingFileSystem.Handle, _kernel.Call(FuseOpcode.FUSE_OPEN, 9, Wire.Of(default(fuse_open_in))).As<fuse_open_out>().fh);
        Assert.Equal(255u, _kernel.Call(FuseOpcode.FUSE_STATFS, 9).As<fuse_statfs_out>().st.namelen);
        Assert.Equal(0x1_0000_0000ul, _kernel.Call(FuseOpcode.FUSE_LSEEK, 9, Wire.Of(default(fuse_lseek_in))).As<fuse_lseek_out>().offset);
        Assert.Equal(99, _kernel.Call(FuseOpcode.FUSE_STATX, 9, Wire.Of(default(fuse_statx_in))).As<fuse_statx_out>().stat.btime.tv_sec);
    }

    [Fact]
    public void CreateAnswersAnEntryAndAnOpenFileAndReadsTheGroupExtension()
    {
        byte[] groups = Wire.Join(Wire.Of(new fuse_ext_header { size = 24, type = FuseExtensionType.FUSE_EXT_GROUPS }),
            Wire.Of(new fuse_supp_groups { nr_groups = 2 }), Wire.Of(50u), Wire.Of(60u), Wire.Of(0u));
        byte[] security = Wire.Join(Wire.Of(new fuse_ext_header { size = 16, type = (FuseExtensionType)1 }), new byte[8]);
        byte[] arg = Wire.Of(new fuse_create_in { flags = 1, mode = 2, umask = 3, open_flags = OpenInFlags.FUSE_OPEN_KILL_SUIDGID });

        _kernel.Send(FuseOpcode.FUSE_CREATE, 9, Wire.Join(security, groups), [arg, Wire.Name("new")]);
        Reply reply = _kernel.Receive();

        Assert.Equal("Create 9 1 2 3 1 new [50,60]", Assert.Single(_fileSystem.Calls));
        Assert.Equal(EntryLength + OpenLength, reply.Payload.Length);
        Assert.Equal(RecordingFileSystem.Node, Wire.As<fuse_entry_out>(reply.Payload).nodeid);
        fuse_open_out open = Wire.As<fuse_open_out>(reply.Payload.AsSpan(EntryLength));
        Assert.Equal((RecordingFileSystem.Handle, 3), (open.fh, open.backing_id));
        _kernel.Call(FuseOpcode.FUSE_CREATE, 9, arg, Wire.Name("next"));
        Assert.Equal("Create 9 1 2 3 1 next []", _fileSystem.Calls.Last());
    }

    [Fact]
    public void ExtensionsThatLieAreIgnored()
    {
        byte[] arg = Wire.Of(default(fuse_create_in));
        fuse_ext_header[] headers =
        [
            new() { size = 400, type = FuseExtensionType.FUSE_EXT_GROUPS },
            new() { size = 0, type = FuseExtensionType.FUSE_EXT_GROUPS },
            new() { size = 7, type = (FuseExtensionType)1 },
        ];
        foreach (fuse_ext_header header in headers)
        {
            _kernel.Send(FuseOpcode.FUSE_CREATE, 9, Wire.Join(Wire.Of(header), Wire.Of(9000u), Wire.Of(1u)), [arg, Wire.Name("x")]);
            Assert.Equal(0, _kernel.Receive().Error);
        }

        byte[] many = Wire.Join(Wire.Of(new fuse_ext_header { size = 16, type = FuseExtensionType.FUSE_EXT_GROUPS }), Wire.Of(9000u), Wire.Of(1u));
        _kernel.Send(FuseOpcode.FUSE_CREATE, 9, many, [arg, Wire.Name("x")]);
        _kernel.Receive();
        Assert.EndsWith("[1]", _fileSystem.Calls.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void BothFormsOfCopyFileRangeCallTheSameMethod()
    {
        fuse_copy_file_range_in arg = new() { fh_in = 1, off_in = 2, nodeid_out = 3, fh_out = 4, off_out = 5, len = 0x2_0000_0000 };

        fuse_write_out capped = _kernel.Call(FuseOpcode.FUSE_COPY_FILE_RANGE, 9, Wire.Of(arg)).As<fuse_write_out>();
        fuse_copy_file_range_out whole = _kernel.Call(FuseOpcode.FUSE_COPY_FILE_RANGE_64, 9, Wire.Of(arg)).As<fuse_copy_file_range_out>();

        Assert.Equal(0xFFFFF000u, capped.size);
        Assert.Equal(0x2_0000_0000ul, whole.bytes_copied);
        Assert.Equal(["CopyFileRange 9 1 2 3 4 5 4294963200", "CopyFileRange 9 1 2 3 4 5 8589934592"], _fileSystem.Calls);
    }

    [Fact]
    public void SetXAttrTakesBothLengthsOfItsStruct()
    {
        byte[] name = Wire.Name("user.a");
        _kernel.Call(FuseOpcode.FUSE_SETXATTR, 9, Wire.Of(new fuse_setxattr_in { size = 2, flags = 1, setxattr_flags = SetXAttrFlags.FUSE_SETXATTR_ACL_KILL_SGID }), name, "vw"u8.ToArray());
        Assert.Equal("SetXAttr 9 1 1 user.a vw", _fileSystem.Calls.Last());

        using FakeKernel old = new(_fileSystem);
        old.Init(flags: 0);
        old.Call(FuseOpcode.FUSE_SETXATTR, 9, Wire.Of(2u), Wire.Of(1u), name, "vw"u8.ToArray());
        Assert.Equal("SetXAttr 9 1 0 user.a vw", _fileSystem.Calls.Last());
    }

    [Fact]
    public void XAttrsTellTheirLengthAndRefuseASmallBuffer()
    {
        byte[] name = Wire.Name("user.a");
        Assert.Equal(5u, _kernel.Call(FuseOpcode.FUSE_GETXATTR, 9, Wire.Of(default(fuse_getxattr_in)), name).As<fuse_getxattr_out>().size);
        Assert.Equal(7u, _kernel.Call(FuseOpcode.FUSE_LISTXATTR, 9, Wire.Of(default(fuse_getxattr_in))).As<fuse_getxattr_out>().size);
        Assert.Equal(-Errno.ERANGE, _kernel.Call(FuseOpcode.FUSE_GETXATTR, 9, Wire.Of(new fuse_getxattr_in { size = 4 }), name).Error);
    }

    [Fact]
    public void IoctlAnswersResultAndOutput()
    {
        fuse_ioctl_in arg = new() { cmd = 7, in_size = 2, out_size = 10 };
        Reply reply = _kernel.Call(FuseOpcode.FUSE_IOCTL, 9, Wire.Of(arg), "in"u8.ToArray());

        Assert.Equal("Ioctl 9 7 in 10", Assert.Single(_fileSystem.Calls));
        Assert.Equal(12, Wire.As<fuse_ioctl_out>(reply.Payload).result);
        Assert.Equal("out", Wire.Text(reply.Payload.AsSpan(sizeof(fuse_ioctl_out))));
    }

    [Fact]
    public void ForgetsAreNotAnswered()
    {
        _kernel.Send(FuseOpcode.FUSE_FORGET, 9, Wire.Of(new fuse_forget_in { nlookup = 3 }));
        _kernel.Send(FuseOpcode.FUSE_BATCH_FORGET, 0, Wire.Of(new fuse_batch_forget_in { count = 2 }),
            Wire.Of(new fuse_forget_one { nodeid = 4, nlookup = 1 }), Wire.Of(new fuse_forget_one { nodeid = 5, nlookup = 2 }));
        _kernel.Send(FuseOpcode.FUSE_BATCH_FORGET, 0, Wire.Of(new fuse_batch_forget_in { count = 1000 }), Wire.Of(new fuse_forget_one { nodeid = 6, nlookup = 1 }));
        _kernel.Send(FuseOpcode.FUSE_FORGET, 9, [1, 2]);
        _kernel.Send(FuseOpcode.FUSE_NOTIFY_REPLY, 9);
        _kernel.AssertSilent();

        Assert.Equal(["Forget 9 3", "Forget 4 1", "Forget 5 2", "Forget 6 1"], _fileSystem.Calls);
    }

    [Theory]
    [InlineData(FuseOpcode.FUSE_BMAP)]
    [InlineData(FuseOpcode.FUSE_SETLKW)]
    [InlineData((FuseOpcode)0)]
    [InlineData((FuseOpcode)54)]
    [InlineData((FuseOpcode)uint.MaxValue)]
    public void UnknownOperationsAreNotImplemented(FuseOpcode opcode)
        => Assert.Equal(-Errno.ENOSYS, _kernel.Call(opcode, 1, new byte[64]).Error);

    [Fact]
    public void ReadDirFillsWholeRecordsAndStops()
    {
        Reply reply = _kernel.Call(FuseOpcode.FUSE_READDIR, 9, Wire.Of(new fuse_read_in { fh = 2, offset = 5, size = 100 }));

        Assert.Equal(96, reply.Payload.Length); // three records of 24 + 5 bytes, padded to 32
        fuse_dirent second = Wire.As<fuse_dirent>(reply.Payload.AsSpan(32));
        Assert.Equal((106ul, 7ul, 5u, 8u), (second.ino, second.off, second.namelen, second.type));
        Assert.Equal("entry\0\0\0", Wire.Text(reply.Payload.AsSpan(32 + 24, 8)));
        Assert.Equal("ReadDir 9 2 5 100", _fileSystem.Calls.Last());
    }

    [Fact]
    public void ReadDirPlusTellsBeforehandWhatFits()
    {
        Reply reply = _kernel.Call(FuseOpcode.FUSE_READDIRPLUS, 9, Wire.Of(new fuse_read_in { size = 400 }));

        Assert.Equal(320, reply.Payload.Length); // two records of 152 + 3 bytes, padded to 160
        fuse_direntplus first = Wire.As<fuse_direntplus>(reply.Payload);
        Assert.Equal((RecordingFileSystem.Node, 9ul, 3u, 4u), (first.entry_out.nodeid, first.dirent.off, first.dirent.namelen, first.dirent.type));
    }
}
