namespace KernelModel.Mapping;

/// <summary>Who waits for the end of a purge and holds no thread meanwhile.</summary>
public interface IPurgeWaiter
{
    /// <summary>A purge of the file has ended; whether another one runs is to be asked again. Called under the lock of a mapping.</summary>
    void Wake();
}
