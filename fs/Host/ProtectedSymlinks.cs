using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The host's <c>fs.protected_symlinks</c> as it is now, read through a descriptor from before the mount.</summary>
internal sealed class ProtectedSymlinks : IDisposable
{
    private readonly SafeFileHandle? _file;

    public ProtectedSymlinks()
    {
        try
        {
            _file = File.OpenHandle("/proc/sys/fs/protected_symlinks");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Where it cannot be asked it is on.
        }
    }

    /// <summary>Whether links in directories that are everybody's are followed with care.</summary>
    public bool IsOn
    {
        get
        {
            Span<byte> text = stackalloc byte[1];
            return _file is null || RandomAccess.Read(_file, text, 0) == 0 || text[0] != (byte)'0';
        }
    }

    public void Dispose() => _file?.Dispose();
}
