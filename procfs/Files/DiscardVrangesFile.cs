using KernelModel.Text;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// proc/sys/vm/discard_vranges: <c>N</c> discards at least N pages, oldest ranges first, <c>all</c> everything (R8, R16).
/// The write returns when no mapper sees them any more. Reading shows how many pages the last command freed.
/// </summary>
internal sealed class DiscardVrangesFile(ulong id, string name, uint mode, VrangeLru lru) : ProcFile(id, name, mode)
{
    private long _freed; // Interlocked

    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        text.Add(Interlocked.Read(ref _freed)).EndLine();
        return 0;
    }

    /// <inheritdoc/>
    protected override int Write(ReadOnlySpan<byte> text, Caller opener)
    {
        ReadOnlySpan<byte> word = Words.Trim(text);
        long pages = long.MaxValue;
        if (!word.SequenceEqual("all"u8))
        {
            if (!NumberText.TryParse(word, out ulong number))
                return -Errno.EINVAL;
            pages = (long)Math.Min(number, long.MaxValue);
        }

        Interlocked.Exchange(ref _freed, lru.Discard(pages, VrangeOwners.All, wait: true));
        return text.Length;
    }
}
