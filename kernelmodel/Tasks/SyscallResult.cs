namespace KernelModel.Tasks;

/// <summary>What a call by text answered.</summary>
/// <param name="Value">The result: an address, a count, 0, or a negative errno.</param>
/// <param name="Text">More to show, such as <c>purged=1</c> or the usage after a malformed line; or empty.</param>
public readonly record struct SyscallResult(long Value, string Text = "")
{
    /// <summary>The kernel's own: the call was not made yet and is to be made again. Nobody outside ever sees it.</summary>
    internal const int ERESTARTSYS = 512;

    /// <summary>As it is shown: <c>0x100000</c>, <c>-1 EINVAL</c>, and what else there is.</summary>
    public override string ToString()
    {
        string value = Value < 0 ? $"-1 {Errno.Name((int)-Value)}" : Value < 4096 ? $"{Value}" : $"0x{Value:x}";
        return Text.Length == 0 ? value : $"{value} {Text}";
    }
}
