namespace KernelModel.Mm;

/// <summary>
/// Who asked to hear of missing pages: a userfaultfd with UFFD_FEATURE_SIGBUS, or MADV_USERFAULT of S4, which is one
/// shared by a whole mm. It stays bound to the mm that opened it, also in a child that inherits the descriptor.
/// </summary>
/// <param name="Mm">The address space it watches.</param>
internal sealed record UserfaultContext(MmStruct Mm)
{
    /// <summary>MADV_USERFAULT: survives fork (R61), which a userfaultfd without the fork event does not.</summary>
    public bool IsAdvice { get; init; }
}
