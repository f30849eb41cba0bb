using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Fuse.Tests;

/// <summary>The C compiler compares every struct and constant with the kernel's header, as far as the header knows it (7.38).</summary>
public sealed class AbiTests
{
    private static readonly HashSet<string> s_newerStructs =
    [
        nameof(fuse_statx), nameof(fuse_statx_in), nameof(fuse_statx_out), nameof(fuse_sx_time), nameof(fuse_copy_file_range_out),
        nameof(fuse_backing_map), nameof(fuse_supp_groups), nameof(fuse_uring_cmd_req), nameof(fuse_uring_ent_in_out),
        nameof(fuse_uring_req_header),
    ];

    private static readonly HashSet<string> s_newerFields =
    [
        "fuse_open_out.backing_id", "fuse_init_out.max_stack_depth", "fuse_init_out.request_timeout", "fuse_init_out.unused",
    ];

    private static readonly HashSet<string> s_newerConstants =
    [
        "FUSE_CREATE_SUPP_GROUP", "FUSE_DIRECT_IO_ALLOW_MMAP", "FUSE_PASSTHROUGH", "FUSE_NO_EXPORT_SUPPORT", "FUSE_HAS_RESEND", "FUSE_ALLOW_IDMAP",
        "FUSE_OVER_IO_URING", "FUSE_REQUEST_TIMEOUT", "FOPEN_PASSTHROUGH", "FUSE_EXT_GROUPS", "FUSE_STATX", "FUSE_COPY_FILE_RANGE_64",
        "FUSE_NOTIFY_RESEND", "FUSE_NOTIFY_INC_EPOCH", "FUSE_NOTIFY_PRUNE",
        // Not the header's: the library's own, and the version the header has its own idea of.
        "FUSE_KERNEL_MINOR_VERSION", nameof(FuseProtocol.OldestMinorVersion), nameof(FuseProtocol.DefaultMaxPages),
    ];

    [Fact]
    public void EveryStructAndConstantIsWhatTheHeaderSays()
    {
        const uint clone = FuseDeviceHandle.FUSE_DEV_IOC_CLONE;
        const uint backingOpen = FuseDeviceHandle.FUSE_DEV_IOC_BACKING_OPEN;
        const uint backingClose = FuseDeviceHandle.FUSE_DEV_IOC_BACKING_CLOSE;
        StringBuilder program = new("#include <stddef.h>\n#include <errno.h>\n#include <sys/ioctl.h>\n#include <linux/fuse.h>\n");
        foreach (Type type in WireStructs().Where(type => !s_newerStructs.Contains(type.Name)))
            Describe(type, program);
        foreach ((string name, ulong value) in Constants().Where(constant => !s_newerConstants.Contains(constant.Name)))
            Assertion(program, $"(uint64_t)({name}) << 32 == {value}ULL << 32 && {High(name, value)}", name);
        program.Append("struct map { int32_t fd; uint32_t flags; uint64_t padding; };\n");
        Assertion(program, $"FUSE_DEV_IOC_CLONE == {clone}", "clone");
        Assertion(program, $"_IOW(229, 1, struct map) == {backingOpen}", "backing open");
        Assertion(program, $"_IOW(229, 2, uint32_t) == {backingClose}", "backing close");

        Assert.Equal("", Compile(program.ToString()));
    }

    [Fact]
    public void TheCompilerWouldNoticeAWrongLayout()
    {
        string errors = Compile("#include <linux/fuse.h>\n_Static_assert(sizeof(struct fuse_attr) == 80, \"wrong\");\n");
        Assert.Contains("wrong", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrnoHasTheKernelsName()
    {
        Assert.Equal(("EPERM", "EAGAIN", "EOPNOTSUPP", "EHWPOISON"), (Errno.Name(1), Errno.Name(11), Errno.Name(95), Errno.Name(133)));
        Assert.Equal("E4000", Errno.Name(4000));
    }

    [Fact]
    public void EveryWireStructIsCovered()
    {
        Assert.True(WireStructs().Count() >= 45);
        Assert.True(Constants().Count() >= 250);
    }

    private static IEnumerable<Type> WireStructs()
        => typeof(fuse_in_header).Assembly.GetTypes().Where(type => type.IsValueType && type.Name.StartsWith("fuse_", StringComparison.Ordinal));

    private static IEnumerable<(string Name, ulong Value)> Constants()
    {
        Type[] types =
        [
            typeof(InitFlags), typeof(FOPEN), typeof(FATTR), typeof(WriteFlags), typeof(ReadFlags), typeof(GetAttrFlags), typeof(ReleaseFlags),
            typeof(IoctlFlags), typeof(FsyncFlags), typeof(AttrFlags), typeof(OpenInFlags), typeof(SetXAttrFlags), typeof(NotifyInvalEntryFlags),
            typeof(FuseExtensionType), typeof(FuseProtocol), typeof(Errno), typeof(FuseOpcode), typeof(FuseNotifyCode),
        ];
        return types.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.IsLiteral)
            .Select(field => (field.Name, Convert.ToUInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)));
    }

    private static void Assertion(StringBuilder program, string condition, string name)
        => program.Append(CultureInfo.InvariantCulture, $"_Static_assert({condition}, \"{name}\");\n");

    // Flags below bit 32 are ints in C, and bit 31 of an int is its sign.
    private static string High(string name, ulong value) => value >> 32 == 0 ? "1" : $"(uint64_t)({name}) == {value}ULL";

    private static void Describe(Type type, StringBuilder program)
    {
        Assertion(program, $"sizeof(struct {type.Name}) == {Marshal.SizeOf(type)}", type.Name);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = $"{type.Name}.{field.Name}";
            if (s_newerFields.Contains(name))
                continue;
            nint offset = Marshal.OffsetOf(type, field.Name);
            int size = Marshal.SizeOf(field.FieldType.IsEnum ? field.FieldType.GetEnumUnderlyingType() : field.FieldType);
            Assertion(program, $"offsetof(struct {type.Name}, {field.Name}) == {offset}", name);
            Assertion(program, $"sizeof(((struct {type.Name} *)0)->{field.Name}) == {size}", name);
        }
    }

    private static string Compile(string program)
    {
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("gcc")
            {
                ArgumentList = { "-fsyntax-only", "-x", "c", "-" },
                RedirectStandardInput = true,
                RedirectStandardError = true,
            })!;
            compiler.StandardInput.Write(program);
            compiler.StandardInput.Close();
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return errors;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("gcc is needed to compare the wire format with <linux/fuse.h>.", e);
        }
    }
}
