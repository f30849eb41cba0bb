namespace KernelModel.Tasks;

/// <summary>A signal as its handler would see it (linux: siginfo_t).</summary>
/// <param name="Number">si_signo.</param>
/// <param name="Code">si_code.</param>
/// <param name="Address">si_addr: the exact byte of a fault.</param>
public readonly record struct Signal(int Number, int Code, ulong Address)
{
    /// <summary>As strace(1) names it.</summary>
    public string Name => Number switch
    {
        SIGBUS => "SIGBUS",
        SIGKILL => "SIGKILL",
        SIGSEGV => "SIGSEGV",
        _ => $"SIG_{Number}",
    };

    /// <summary>si_code as strace(1) names it.</summary>
    public string CodeName => (Number, Code) switch
    {
        (SIGBUS, BUS_ADRERR) => "BUS_ADRERR",
        (SIGSEGV, SEGV_MAPERR) => "SEGV_MAPERR",
        (SIGSEGV, SEGV_ACCERR) => "SEGV_ACCERR",
        _ => "SI_KERNEL",
    };

    /// <summary>SIGBUS.</summary>
    public const int SIGBUS = 7;

    /// <summary>SIGKILL.</summary>
    public const int SIGKILL = 9;

    /// <summary>SIGSEGV.</summary>
    public const int SIGSEGV = 11;

    /// <summary>SEGV_MAPERR: nothing is mapped there.</summary>
    public const int SEGV_MAPERR = 1;

    /// <summary>SEGV_ACCERR: what is mapped does not allow the access.</summary>
    public const int SEGV_ACCERR = 2;

    /// <summary>BUS_ADRERR.</summary>
    public const int BUS_ADRERR = 2;
}
