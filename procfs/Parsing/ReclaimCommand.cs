using KernelModel.Mapping;

namespace ProcFs.Parsing;

/// <summary>Which VMAs a reclaim looks at (R32).</summary>
public enum ReclaimKind
{
    /// <summary>Those with a file.</summary>
    File,

    /// <summary>Those without.</summary>
    Anon,

    /// <summary>Both.</summary>
    All,

    /// <summary>Both, within addresses.</summary>
    Range,
}

/// <summary>One write to PID/reclaim (R30, R31).</summary>
/// <param name="Kind">What to take.</param>
/// <param name="Start">First address of a range.</param>
/// <param name="End">End address of a range, exclusive.</param>
public readonly record struct ReclaimCommand(ReclaimKind Kind, ulong Start, ulong End)
{
    private const int MaxLength = 199;

    /// <summary>Reads a command.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public static int Parse(ReadOnlySpan<byte> text, out ReclaimCommand command)
    {
        command = default;
        if (text.Length > MaxLength)
            return -Errno.EINVAL;

        ReadOnlySpan<byte> rest = Tokens.Trim(text);
        ReadOnlySpan<byte> word = Tokens.TakeFirst(ref rest);
        ReclaimKind? kind = word.SequenceEqual("file"u8) ? ReclaimKind.File
            : word.SequenceEqual("anon"u8) ? ReclaimKind.Anon
            : word.SequenceEqual("all"u8) ? ReclaimKind.All
            : null;
        if (kind is not null)
        {
            command = new ReclaimCommand(kind.Value, 0, ulong.MaxValue);
            return rest.IsEmpty ? 0 : -Errno.EINVAL;
        }

        if (!ProcNumber.TryParse(word, out ulong start)
            || !ProcNumber.TryParse(Tokens.TakeFirst(ref rest), out ulong length)
            || !rest.IsEmpty
            || start % PageSize.Bytes != 0)
            return -Errno.EINVAL;

        // Rounded up; a length that wraps to nothing, or a range that wraps, is refused.
        if (length > ulong.MaxValue - (PageSize.Bytes - 1))
            return -Errno.EINVAL;
        length = (length + PageSize.Bytes - 1) / PageSize.Bytes * PageSize.Bytes;
        if (length > ulong.MaxValue - start)
            return -Errno.EINVAL;

        command = new ReclaimCommand(ReclaimKind.Range, start, start + length);
        return 0;
    }
}
