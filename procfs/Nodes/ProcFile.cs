
namespace ProcFs.Nodes;

/// <summary>A file of /proc. Rendering and writing may block and are not done on a thread that serves requests.</summary>
public abstract class ProcFile(ulong id, string name, uint mode) : ProcNode(id, name, mode)
{
    /// <summary>Whether to open it may wait, within a bound.</summary>
    public virtual bool OpenWaits => false;

    /// <summary>Opens it. Waits for nothing, unless it <see cref="OpenWaits"/>.</summary>
    /// <param name="opener">Whose rights the open file has from now on, whoever uses it.</param>
    /// <param name="canRead">Opened for reading.</param>
    /// <param name="open">The open file.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = new ShownFile(text => Show(text, opener), text => Write(text, opener));
        return 0;
    }

    /// <summary>Renders the text. Returns 0, or a negative errno for a file that cannot be read.</summary>
    protected virtual int Show(ProcText text, Caller opener) => -Errno.EINVAL;

    /// <summary>
    /// Takes one write, which is one command whatever its offset.
    /// </summary>
    /// <returns>Bytes taken, or a negative errno; -EIO where the kernel has no write for the file.</returns>
    protected virtual int Write(ReadOnlySpan<byte> text, Caller opener) => -Errno.EIO;
}
