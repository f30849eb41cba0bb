namespace KernelModel.Tasks;

/// <summary>A call that a task has made, as /proc/PID/syscall shows it.</summary>
/// <param name="Line">The name of the call and its arguments, as they were written.</param>
/// <param name="Result">What it returned.</param>
/// <param name="Signal">The signal that it raised, or null.</param>
public sealed record SyscallRecord(string Line, SyscallResult Result, Signal? Signal)
{
    /// <summary>Whether a result is shown as an address.</summary>
    public bool IsAddress => Result.Value >= 0 && Line.Split(' ', '\t')[0] is "mmap" or "mremap" or "brk";
}
