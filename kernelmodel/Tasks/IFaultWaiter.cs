namespace KernelModel.Tasks;

/// <summary>Who waits for the end of a user fault and holds no thread meanwhile.</summary>
public interface IFaultWaiter
{
    /// <summary>The access had better be made again: there is a page, or nobody left to bring one. Called under the model's lock.</summary>
    void Wake();
}
