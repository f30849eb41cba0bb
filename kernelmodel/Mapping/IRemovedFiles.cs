namespace KernelModel.Mapping;

/// <summary>Files of a mount that have gone and whose memory is about to be freed.</summary>
public interface IRemovedFiles
{
    /// <summary>Pages that will be free in a moment.</summary>
    long ExpectedPages { get; }

    /// <summary>Waits for them, a few milliseconds at most: not on a thread that serves requests, and with no lock held.</summary>
    /// <returns>Pages freed meanwhile; 0 when none came.</returns>
    long AwaitFreed();
}
