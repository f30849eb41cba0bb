using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel;

/// <summary>How far a call on a <see cref="Machine"/> came.</summary>
public enum Outcome
{
    /// <summary>It was made: see <see cref="Answer.Result"/>.</summary>
    Done,

    /// <summary>
    /// The access to <see cref="Answer.Address"/> waits until somebody brings the page (R61): to be made again when
    /// <see cref="Machine.Resumed"/> names the task.
    /// </summary>
    WaitsForFault,

    /// <summary>A purge has to end first (R12): to be made again after <see cref="Answer.Purge"/>.</summary>
    WaitsForPurge,
}

/// <summary>
/// What a call on a <see cref="Machine"/> answers. It never waits itself. A call that has to can be made again with the
/// same arguments, or given up: nothing is reported before it is done.
/// </summary>
public readonly record struct Answer
{
    private Answer(Outcome outcome) => Outcome = outcome;

    /// <summary>How far it came.</summary>
    public Outcome Outcome { get; }

    /// <summary>What the call returned, once it is done.</summary>
    public SyscallResult Result { get; private init; }

    /// <summary>The signal that the call raised, or null.</summary>
    public Signal? Signal { get; private init; }

    /// <summary>The exact byte that a user fault waits for.</summary>
    public ulong Address { get; private init; }

    /// <summary>Whether the access that waits is a store.</summary>
    public bool IsWrite { get; private init; }

    /// <summary>The purge that has to end, or null.</summary>
    public PurgeWait? Purge { get; private init; }

    internal static Answer Done(SyscallResult result, Signal? signal) => new(Outcome.Done) { Result = result, Signal = signal };

    internal static Answer ForFault(UserFault fault) => new(Outcome.WaitsForFault) { Address = fault.Address, IsWrite = fault.IsWrite };

    internal static Answer ForPurge(PurgeWait purge) => new(Outcome.WaitsForPurge) { Purge = purge };
}
