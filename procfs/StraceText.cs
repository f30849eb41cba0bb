using KernelModel.Tasks;

namespace ProcFs;

/// <summary>Calls and signals as strace(1) writes them.</summary>
internal static class StraceText
{
    /// <summary>The call with its result and, in a line of its own, the signal that it raised.</summary>
    public static void AddTo(this SyscallRecord record, ProcText text)
    {
        long value = record.Result.Value;
        text.Add(record.Line).Add(" = ");
        if (value < 0)
            text.Add("-1 ").Add(Errno.Name((int)-value)).Add(" (").Add(Errno.Describe((int)-value)).Add(")");
        else if (record.IsAddress)
            text.Add("0x").AddHex((ulong)value, 1);
        else
            text.Add(value);
        string more = record.Result.Text;
        if (more.StartsWith('"'))
            text.Add(" ").Add(more); // bytes
        else if (more.Length > 0)
            text.Add(" {").Add(more).Add("}");
        text.EndLine();

        if (record.Signal is not { } signal)
            return;
        text.Add("--- ").Add(signal.Name).Add(" {si_signo=").Add(signal.Name).Add(", si_code=").Add(signal.CodeName)
            .Add(", si_addr=0x").AddHex(signal.Address, 1).Add("} ---").EndLine();
    }
}
