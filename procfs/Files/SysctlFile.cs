using KernelModel.Text;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// A number of /proc/sys (kernel/sysctl.c: proc_dointvec_minmax, with writes as kernel.sysctl_writes_strict = 1 has them): the whole
/// number comes in the first write, what comes behind it is taken and does nothing.
/// </summary>
/// <param name="id">Its number.</param>
/// <param name="name">Its name.</param>
/// <param name="mode">Its mode.</param>
/// <param name="least">The least number.</param>
/// <param name="most">The largest.</param>
/// <param name="get">Reads it; null for one that only takes commands.</param>
/// <param name="set">Changes it.</param>
internal sealed class SysctlFile(ulong id, string name, uint mode, int least, int most, Func<int>? get, Action<int> set)
    : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        // kernel/sysctl.c: sysctl_perm asks the mode of root too.
        bool mayRead = get is not null || !canRead;
        bool isWritten = false;
        open = mayRead ? new ShownFile(Show, text => Write(text, ref isWritten)) : null;
        return mayRead ? 0 : -Errno.EACCES;
    }

    private int Show(ProcText text)
    {
        text.Add(get!()).EndLine();
        return 0;
    }

    private int Write(ReadOnlySpan<byte> text, ref bool isWritten)
    {
        if (text.IsEmpty || isWritten)
            return text.Length;
        ReadOnlySpan<byte> rest = text.TrimStart(" \t\n"u8);
        ReadOnlySpan<byte> word = Words.TakeFirst(ref rest);
        if (!TryParse(word, out int number))
            return -Errno.EINVAL;
        set(number);
        isWritten = true;

        // The next of several numbers is left for the writer to write again.
        return text.Length - rest.Length;
    }

    // kernel/sysctl.c: proc_get_long. Whatever is wrong with it is EINVAL; neither a plus sign nor a NUL is a number's.
    private bool TryParse(ReadOnlySpan<byte> word, out int number)
    {
        number = 0;
        bool isPlain = !word.StartsWith("+"u8) && !word.Contains((byte)0);
        return isPlain && KernelInteger.Parse(ref word, radix: 0, out number) == 0 && number >= least && number <= most;
    }
}
