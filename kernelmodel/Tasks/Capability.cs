namespace KernelModel.Tasks;

/// <summary>Capabilities that the model asks for; the numbers are those of linux/capability.h.</summary>
public enum Capability
{
    /// <summary>CAP_DAC_OVERRIDE.</summary>
    DacOverride = 1,

    /// <summary>CAP_KILL.</summary>
    Kill = 5,

    /// <summary>CAP_IPC_LOCK: lock memory beyond RLIMIT_MEMLOCK.</summary>
    IpcLock = 14,

    /// <summary>CAP_SYS_PTRACE.</summary>
    SysPtrace = 19,

    /// <summary>CAP_SYS_ADMIN.</summary>
    SysAdmin = 21,

    /// <summary>CAP_SYS_RESOURCE: raise hard limits.</summary>
    SysResource = 24,
}
