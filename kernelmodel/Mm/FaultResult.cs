namespace KernelModel.Mm;

/// <summary>How a page fault ended (linux: vm_fault_t).</summary>
internal enum FaultResult
{
    /// <summary>The access can be done.</summary>
    Ok,

    /// <summary>Nothing is mapped there, or a guard page.</summary>
    NotMapped,

    /// <summary>What is mapped does not allow the access.</summary>
    NotAllowed,

    /// <summary>There is no page to be had: past the end of a file, a page that a userfaultfd watches, a purged page.</summary>
    Bus,

    /// <summary>There is no page, and MADV_USERFAULT says that somebody may bring it (R61).</summary>
    UserFault,

    /// <summary>No memory.</summary>
    OutOfMemory,
}
