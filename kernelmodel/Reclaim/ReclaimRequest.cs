using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Text;

namespace KernelModel.Reclaim;

/// <summary>One command of /proc/PID/reclaim (S3): which areas, and which part of them, in bytes.</summary>
/// <param name="File">Areas with a file.</param>
/// <param name="Anonymous">Areas without one.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">End, exclusive.</param>
public readonly record struct ReclaimRequest(bool File, bool Anonymous, ulong Start, ulong End)
{
    private const int LongestCommand = 199;

    /// <summary>Reads a command: <c>file</c>, <c>anon</c>, <c>all</c> or <c>ADDR LEN</c> (R30, R31).</summary>
    /// <param name="text">What was written.</param>
    /// <param name="request">The command.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int Parse(ReadOnlySpan<byte> text, out ReclaimRequest request)
    {
        request = default;
        if (text.Length > LongestCommand)
            return -Errno.EINVAL;

        ReadOnlySpan<byte> rest = Words.Trim(text);
        ReadOnlySpan<byte> word = Words.TakeFirst(ref rest);
        bool all = word.SequenceEqual("all"u8);
        bool file = all || word.SequenceEqual("file"u8);
        bool anonymous = all || word.SequenceEqual("anon"u8);
        if (file || anonymous)
        {
            request = new ReclaimRequest(file, anonymous, 0, MmStruct.TaskSize);
            return rest.IsEmpty ? 0 : -Errno.EINVAL;
        }

        if (!NumberText.TryParse(word, out ulong start)
            || !NumberText.TryParse(Words.TakeFirst(ref rest), out ulong length)
            || !rest.IsEmpty
            || start % PageSize.Bytes != 0)
            return -Errno.EINVAL;

        // Rounded up; a length that wraps to nothing, or a range that wraps, is refused.
        if (length > ulong.MaxValue - (PageSize.Bytes - 1))
            return -Errno.EINVAL;
        length = (length + PageSize.Bytes - 1) / PageSize.Bytes * PageSize.Bytes;
        if (length > ulong.MaxValue - start)
            return -Errno.EINVAL;

        request = new ReclaimRequest(true, true, start, start + length);
        return 0;
    }
}
