namespace Fs.Tmpfs;

/// <summary>
/// Who was last told attributes that the kernel may keep. An answer counts when its thread takes note of it, which may be
/// after another thread has opened the file: until then that one must not rely on what the kernel drops by itself.
/// </summary>
/// <remarks>The inode's monitor guards it.</remarks>
internal struct KeptAttributes
{
    // Milliseconds after which a thread has certainly taken note of an answer.
    private const int Settled = 1000;

    private uint _thread; // 0: several, or nobody knows
    private int _toldAt;

    /// <summary>Whether the kernel may have attributes.</summary>
    public bool Any { get; private set; }

    /// <summary>Attributes to keep are on their way to a thread.</summary>
    /// <param name="thread">Its id, 0 if it is not known.</param>
    /// <param name="now"><see cref="Environment.TickCount"/>.</param>
    public void Tell(uint thread, int now)
    {
        _thread = IsRecent(now) && _thread != thread ? 0 : thread;
        _toldAt = now;
        Any = true;
    }

    /// <summary>Whether an answer may still be on its way to another thread than this one.</summary>
    public readonly bool MayReachOthersThan(uint thread, int now) => IsRecent(now) && (_thread == 0 || _thread != thread);

    /// <summary>The kernel is being made to forget them.</summary>
    public void Forget() => Any = false;

    // The count of ticks wraps around.
    private readonly bool IsRecent(int now) => Any && (uint)(now - _toldAt) < Settled;
}
