using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Fuse;

/// <summary>Mounts and unmounts through fusermount3, which opens the device and passes it back over a socket.</summary>
internal static unsafe class Fusermount
{
    private const int NotFound = 127; // sh(1)

    // Arguments of a Process are text. The path goes through a shell as octal escapes, and the dot keeps line ends at its end.
    private const string Script = "path=$(printf '%b.' \"$1\") && shift && exec \"$@\" \"${path%.}\"";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    internal static FuseDeviceHandle Mount(MountPoint mountPoint, MountOptions options)
    {
        FuseDeviceHandle device = new(-1);
        int* pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0)
            throw new FuseMountException("socketpair", Marshal.GetLastPInvokeError());

        using FuseDeviceHandle ours = new(pair[0]);
        using FuseDeviceHandle theirs = new(pair[1]);
        // The one descriptor the child shall inherit.
        _ = Libc.fcntl(pair[1], Libc.F_SETFD, 0);
        ProcessStartInfo start = StartInfo(mountPoint.Path, options.FusermountPath, "-o", Describe(options), "--");
        start.Environment["_FUSE_COMMFD"] = pair[1].ToString(CultureInfo.InvariantCulture);
        (int exitCode, string errors) = Run(options.FusermountPath, start);

        // The descriptor waits in the socket: fusermount3 has sent it before it exits.
        int fd = exitCode == 0 ? Receive(pair[0]) : -1;
        if (fd < 0)
            throw new FuseMountException($"{options.FusermountPath} cannot mount on {mountPoint} (exit code {exitCode}): {errors}");

        Marshal.InitHandle(device, fd);
        return device;
    }

    /// <summary>0, -EBUSY if it stays mounted, or the negative errno of what kept the program from running.</summary>
    internal static int Unmount(string program, ReadOnlySpan<byte> path, bool lazy)
    {
        ProcessStartInfo start = StartInfo(path, program, lazy ? "-uz" : "-u", "--");
        try
        {
            return Run(program, start).ExitCode == 0 ? 0 : -Errno.EBUSY;
        }
        catch (FuseMountException e)
        {
            return -e.Errno;
        }
    }

    internal static string Describe(MountOptions options)
    {
        List<string> parts = [$"fsname={Escape(options.FsName)}"];
        if (options.Subtype.Length > 0)
            parts.Add($"subtype={Escape(options.Subtype)}");
        if (options.AllowOther)
            parts.Add("allow_other");
        if (options.DefaultPermissions)
            parts.Add("default_permissions");
        if (options.ReadOnly)
            parts.Add("ro");
        if (options.NoExec)
            parts.Add("noexec");
        if (options.MaxRead > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"max_read={options.MaxRead}"));

        // fusermount3 mounts nosuid,nodev unless told otherwise, and listens to nobody but root there.
        bool privileged = Libc.geteuid() == 0;
        if (options.NoSuid || privileged)
            parts.Add(options.NoSuid ? "nosuid" : "suid");
        if (options.NoDev || privileged)
            parts.Add(options.NoDev ? "nodev" : "dev");
        return string.Join(',', parts);
    }

    private static string Escape(string value)
        => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);

    private static ProcessStartInfo StartInfo(ReadOnlySpan<byte> path, params ReadOnlySpan<string> command)
    {
        StringBuilder escaped = new();
        foreach (byte each in path)
            escaped.Append(CultureInfo.InvariantCulture, $"\\0{Convert.ToString(each, 8)}");
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList = { "-c", Script, "sh", escaped.ToString() },
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        foreach (string word in command)
            start.ArgumentList.Add(word);
        return start;
    }

    private static (int ExitCode, string Errors) Run(string program, ProcessStartInfo start)
    {
        using Process process = Start(start);
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            throw new FuseMountException($"{program} did not finish", Errno.ETIMEDOUT);
        }

        process.WaitForExit(); // also for the end of its output
        if (process.ExitCode == NotFound)
        {
            throw new FuseMountException(
                $"{program} cannot be run. It is part of the package fuse3; without it only a process with CAP_SYS_ADMIN can mount",
                Errno.ENOENT);
        }

        return (process.ExitCode, errors.ToString().Trim());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FuseMountException($"{start.FileName} cannot be run", e.NativeErrorCode);
        }
    }

    private static int Receive(int socket)
    {
        byte data;
        Libc.IoVec vector = new() { iov_base = &data, iov_len = 1 };
        Libc.CmsgFd control = default;
        Libc.MsgHdr message = new()
        {
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = &control,
            msg_controllen = (nuint)sizeof(Libc.CmsgFd),
        };
        nint received;
        do
            received = Libc.recvmsg(socket, &message, Libc.MSG_CMSG_CLOEXEC | Libc.MSG_DONTWAIT);
        while (received < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

        bool carriesDescriptor = received >= 0 && message.msg_controllen != 0 && control.cmsg_level == Libc.SOL_SOCKET
            && control.cmsg_type == Libc.SCM_RIGHTS;
        return carriesDescriptor ? control.fd : -1;
    }
}
