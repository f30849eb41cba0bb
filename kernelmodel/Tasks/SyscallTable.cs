using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>
/// System calls by name: <c>mmap 0x100000 8192 rw private anon</c>. One table says which calls there are, how each is
/// written and what it does. Call it under the model's lock.
/// </summary>
internal static partial class SyscallTable
{
    private static readonly SortedDictionary<string, Entry> s_calls = new(StringComparer.Ordinal);

    static SyscallTable()
    {
        AddMappingCalls();
        AddAdviceCalls();
        AddSeedCalls();
        AddTaskCalls();
    }

    private delegate SyscallResult Handler(TaskStruct task, MmStruct mm, SyscallArguments arguments);

    private sealed record Entry(string Usage, Handler Handler);

    /// <summary>How every call is written, one a line.</summary>
    public static IEnumerable<string> Usage => s_calls.Values.Select(entry => entry.Usage);

    /// <summary>Makes a task call.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="text">One line: the name of the call and its arguments.</param>
    /// <returns>The result; -ENOSYS for an unknown name, -EINVAL with the usage for a malformed line, -ESRCH for a dead task.</returns>
    public static SyscallResult Call(TaskStruct task, string text)
    {
        task.Kernel.AssertLocked();
        string[] words = Split(text);
        if (words.Length == 0 || !s_calls.TryGetValue(words[0], out Entry? entry))
            return new SyscallResult(-Errno.ENOSYS);
        if (task.State != TaskState.Running || task.Mm is not { } mm)
            return new SyscallResult(-Errno.ESRCH);
        return entry.Handler(task, mm, new SyscallArguments(words[1..]));
    }

    // Blanks part words, but not within quotes.
    private static string[] Split(string text)
    {
        List<string> words = [];
        for (int at = 0; at < text.Length;)
        {
            if (text[at] is ' ' or '\t' or '\n')
            {
                at++;
                continue;
            }

            int end = text[at] == '\'' ? text.IndexOf('\'', at + 1) : text.AsSpan(at).IndexOfAny(" \t\n") + at;
            if (end < at)
                end = text.Length;
            bool quoted = text[at] == '\'' && end < text.Length;
            words.Add(quoted ? text[(at + 1)..end] : text[at..end]);
            at = quoted ? end + 1 : end;
        }

        return [.. words];
    }

    private static void Add(string usage, Handler handler) => s_calls.Add(usage.Split(' ')[0], new Entry(usage, handler));

    // The call runs only when the whole line was understood.
    private static SyscallResult When(SyscallArguments arguments, string name, Func<long> call)
        => arguments.IsValid ? new SyscallResult(call()) : new SyscallResult(-Errno.EINVAL, "usage: " + s_calls[name].Usage);

    private static void AddRange(string usage, Func<MmStruct, ulong, ulong, long> call)
    {
        string name = usage.Split(' ')[0];
        Add(usage, (_, mm, arguments) =>
        {
            ulong start = arguments.Number();
            ulong length = arguments.Number();
            return When(arguments, name, () => call(mm, start, length));
        });
    }
}
