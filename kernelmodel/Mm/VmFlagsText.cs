using System.Text;

namespace KernelModel.Mm;

/// <summary>The two-letter codes of <see cref="VmFlags"/> in smaps (linux: fs/proc/task_mmu.c, show_smap_vma_flags).</summary>
internal static class VmFlagsText
{
    private static readonly string[] s_codes = MakeCodes();

    /// <summary>Appends the codes of all bits set, in bit order, each followed by a blank.</summary>
    public static void AppendCodes(StringBuilder text, VmFlags flags)
    {
        for (int bit = 0; bit < s_codes.Length; bit++)
        {
            if (((ulong)flags >> bit & 1) != 0)
                text.Append(s_codes[bit]).Append(' ');
        }
    }

    /// <summary>The four letters of a maps line, such as <c>rw-p</c>.</summary>
    public static string Permissions(VmFlags flags)
    {
        return string.Create(4, flags, static (span, f) =>
        {
            span[0] = (f & VmFlags.Read) != 0 ? 'r' : '-';
            span[1] = (f & VmFlags.Write) != 0 ? 'w' : '-';
            span[2] = (f & VmFlags.Exec) != 0 ? 'x' : '-';
            span[3] = (f & VmFlags.MayShare) != 0 ? 's' : 'p';
        });
    }

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
