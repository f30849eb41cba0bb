using KernelModel.Vrange;
using ProcFs.Nodes;
using ProcFs.Parsing;

namespace ProcFs.Files;

/// <summary>
/// proc/sys/vm/discard_vranges: <c>N</c> discards at least N pages, oldest ranges first, <c>all</c> everything (R8, R16).
/// The write returns when no mapper sees them any more. Reading shows how many pages the last command freed.
/// </summary>
internal sealed class DiscardVrangesFile(ulong id, string name, uint mode, VrangeLru lru, IMountFiles files) : ProcFile(id, name, mode)
{
    private long _freed;

    /// <inheritdoc/>
    public override int Show(ProcText text, Caller caller)
    {
        text.Add(Interlocked.Read(ref _freed)).EndLine();
        return 0;
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> text, Caller caller)
    {
        ReadOnlySpan<byte> word = Tokens.Trim(text);
        long pages = long.MaxValue;
        if (!word.SequenceEqual("all"u8))
        {
            if (!ProcNumber.TryParse(word, out ulong number))
                return -Errno.EINVAL;
            pages = (long)Math.Min(number, long.MaxValue);
        }

        files.RetireUnused();
        Interlocked.Exchange(ref _freed, lru.Discard(pages, VrangeOwners.All, wait: true));
        return text.Length;
    }
}
