using System.Text;

namespace KernelModel.Mm;

/// <summary>How <see cref="VmFlags"/> are written in maps and smaps. Nothing of it allocates.</summary>
public static class VmFlagsText
{
    private static readonly string[] s_codes = MakeCodes();
    private static readonly string[] s_permissions = [.. Enumerable.Range(0, 16).Select(MakePermissions)];

    /// <summary>
    /// The two letters of a bit in smaps, bit 0 first; <c>??</c> for one that has none (linux: fs/proc/task_mmu.c,
    /// show_smap_vma_flags).
    /// </summary>
    public static IReadOnlyList<string> Codes => s_codes;

    /// <summary>Appends the codes of all bits set, in bit order, each followed by a blank.</summary>
    internal static void AppendCodes(StringBuilder text, VmFlags flags)
    {
        for (int bit = 0; bit < s_codes.Length; bit++)
        {
            if (((ulong)flags >> bit & 1) != 0)
                text.Append(s_codes[bit]).Append(' ');
        }
    }

    /// <summary>The four letters of a maps line, such as <c>rw-p</c>.</summary>
    public static string Permissions(VmFlags flags)
        => s_permissions[(int)(flags & VmFlags.Access) | ((flags & VmFlags.MayShare) != 0 ? 8 : 0)];

    private static string MakePermissions(int bits)
        => new([(bits & 1) != 0 ? 'r' : '-', (bits & 2) != 0 ? 'w' : '-', (bits & 4) != 0 ? 'x' : '-', (bits & 8) != 0 ? 's' : 'p']);

    private static string[] MakeCodes()
    {
        string[] codes = new string[64];
        Array.Fill(codes, "??");
        (VmFlags Flag, string Code)[] known =
        [
            (VmFlags.Read, "rd"), (VmFlags.Write, "wr"), (VmFlags.Exec, "ex"), (VmFlags.Shared, "sh"),
            (VmFlags.MayRead, "mr"), (VmFlags.MayWrite, "mw"), (VmFlags.MayExec, "me"), (VmFlags.MayShare, "ms"),
            (VmFlags.GrowsDown, "gd"), (VmFlags.UserFault, "um"), (VmFlags.PfnMap, "pf"), (VmFlags.MaybeGuard, "gu"),
            (VmFlags.Locked, "lo"), (VmFlags.Io, "io"), (VmFlags.SeqRead, "sr"), (VmFlags.RandRead, "rr"),
            (VmFlags.DontCopy, "dc"), (VmFlags.DontExpand, "de"), (VmFlags.LockOnFault, "lf"), (VmFlags.Account, "ac"),
            (VmFlags.NoReserve, "nr"), (VmFlags.HugeTlb, "ht"), (VmFlags.WipeOnFork, "wf"), (VmFlags.DontDump, "dd"),
            (VmFlags.MixedMap, "mm"), (VmFlags.HugePage, "hg"), (VmFlags.NoHugePage, "nh"), (VmFlags.Mergeable, "mg"),
            (VmFlags.Droppable, "dp"), (VmFlags.Volatile, "vo"), (VmFlags.Pinned, "pi"),
        ];
        foreach ((VmFlags flag, string code) in known)
            codes[System.Numerics.BitOperations.TrailingZeroCount((ulong)flag)] = code;
        return codes;
    }
}
