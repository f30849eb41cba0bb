using ProcFs.Nodes;

namespace ProcFs.Host;

/// <summary>A file that the host's /proc has and this one shows, for reading alone.</summary>
/// <param name="id">Its number.</param>
/// <param name="name">Its name.</param>
/// <param name="mode">Its mode.</param>
/// <param name="path">Where the host has it.</param>
/// <param name="host">The host.</param>
/// <param name="writeError">What a write answers: the kernel's -EIO for files of the system, -EINVAL for those of processes.</param>
internal sealed class HostFile(ulong id, string name, uint mode, string path, IHostProc host, int writeError) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override bool OpenWaits => true;

    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = null;
        IHostFile? file = null;
        int error = canRead ? host.Open(path, opener, out file) : 0;
        if (error == 0)
            open = new HostOpenFile(file, writeError);
        return error;
    }

    private sealed class HostOpenFile(IHostFile? file, int writeError) : ProcOpenFile
    {
        private long _length; // Interlocked

        /// <inheritdoc/>
        public override int TextLength => (int)Math.Min(Interlocked.Read(ref _length), int.MaxValue);

        /// <inheritdoc/>
        public override int Read(long offset, Span<byte> destination, bool forCache)
        {
            int length = file?.Read(offset, destination) ?? -Errno.EBADF;

            // What fills the reader may go on: the kernel reads for its cache as far as it has been told.
            if (length >= 0)
                Interlocked.Exchange(ref _length, offset + length + (length == destination.Length ? 1 : 0));
            return length;
        }

        /// <inheritdoc/>
        public override int Write(ReadOnlySpan<byte> text, IProcCall caller) => writeError;

        /// <inheritdoc/>
        public override void Release() => file?.Dispose();
    }
}
