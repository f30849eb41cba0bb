namespace KernelModel.Tasks;

internal sealed partial class TaskStruct
{
    /// <summary>The line of the last <see cref="Syscall"/> and its result, as /proc/PID/syscall shows it; or null.</summary>
    public (string Text, SyscallResult Result)? LastSyscall { get; private set; }

    /// <summary>Makes the task call; see <see cref="SyscallTable.Call"/>.</summary>
    /// <param name="text">The name of the call and its arguments.</param>
    public SyscallResult Syscall(string text)
    {
        SyscallResult result = SyscallTable.Call(this, text);
        LastSyscall = (text.Trim(), result);
        return result;
    }
}
