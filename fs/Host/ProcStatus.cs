using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// What the host's /proc/TID/status says of a thread. A name that looks like other lines stands behind the one that counts: of
/// each key the first line does.
/// </summary>
internal sealed class ProcStatus
{
    private const int Ids = 4; // real, effective, saved and of the file system

    private bool _hasProcess, _hasGroups, _hasPermitted, _hasEffective;

    private ProcStatus()
    {
    }

    /// <summary>Tgid.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Real, effective, saved and file system uid.</summary>
    public uint[] Uids { get; private set; } = [];

    /// <summary>The same of the group.</summary>
    public uint[] Gids { get; private set; } = [];

    /// <summary>Supplementary groups.</summary>
    public uint[] Groups { get; private set; } = [];

    /// <summary>CapPrm.</summary>
    public ulong Permitted { get; private set; }

    /// <summary>CapEff.</summary>
    public ulong Effective { get; private set; }

    /// <summary>Real uid: no mark on a program that it executes changes it.</summary>
    public uint RealUid => Uids[0];

    /// <summary>fsuid.</summary>
    public uint FsUid => Uids[3];

    /// <summary>fsgid.</summary>
    public uint FsGid => Gids[3];

    /// <summary>Reads it; null when the thread is gone or may not be looked at. Waits for nothing.</summary>
    public static ProcStatus? Read(HostProc proc, int threadId)
    {
        using SafeFileHandle file = proc.Open(string.Create(CultureInfo.InvariantCulture, $"{threadId}/status"));
        return file.IsInvalid ? null : Read(file);
    }

    /// <summary>Reads an open one.</summary>
    public static ProcStatus? Read(SafeFileHandle file)
    {
        var status = new ProcStatus();
        using var lines = new ProcLines(file);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon >= 0)
                status.Take(line[..colon], line[(colon + 1)..]);
        }

        return lines.Error == 0 && status is { Uids.Length: Ids, Gids.Length: Ids } ? status : null;
    }

    /// <summary>Whether ids, groups and permitted capabilities are the same.</summary>
    public bool IsSameUserAs(ProcStatus other)
        => Uids.AsSpan().SequenceEqual(other.Uids) && Gids.AsSpan().SequenceEqual(other.Gids)
            && Groups.AsSpan().SequenceEqual(other.Groups) && Permitted == other.Permitted;

    private void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!_hasProcess && key.SequenceEqual("Tgid"u8))
        {
            _hasProcess = true;
            ProcessId = Numbers(value) is [uint id] ? (int)id : 0;
        }
        else if (Uids.Length == 0 && key.SequenceEqual("Uid"u8))
        {
            Uids = Numbers(value);
        }
        else if (Gids.Length == 0 && key.SequenceEqual("Gid"u8))
        {
            Gids = Numbers(value);
        }
        else if (!_hasGroups && key.SequenceEqual("Groups"u8))
        {
            _hasGroups = true;
            Groups = Numbers(value);
        }
        else if (!_hasPermitted && key.SequenceEqual("CapPrm"u8))
        {
            _hasPermitted = true;
            Permitted = Mask(value);
        }
        else if (!_hasEffective && key.SequenceEqual("CapEff"u8))
        {
            _hasEffective = true;
            Effective = Mask(value);
        }
    }

    private static ulong Mask(ReadOnlySpan<byte> text)
        => Utf8Parser.TryParse(text.Trim(" \t"u8), out ulong mask, out _, 'x') ? mask : 0;

    private static uint[] Numbers(ReadOnlySpan<byte> text)
    {
        var numbers = new List<uint>(Ids);
        while (!(text = text.TrimStart(" \t"u8)).IsEmpty)
        {
            if (!Utf8Parser.TryParse(text, out uint number, out int used))
                return [];
            numbers.Add(number);
            text = text[used..];
        }

        return [.. numbers];
    }
}
