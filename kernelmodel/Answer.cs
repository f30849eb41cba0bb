using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel;

/// <summary>How far a call on a <see cref="Machine"/> came.</summary>
public enum Outcome
{
    /// <summary>It was made: see <see cref="Answer.Result"/>.</summary>
    Done,

    /// <summary>An access waits until somebody brings the page (R61): to be made again after <see cref="Answer.Fault"/>.</summary>
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

    /// <summary>The user fault that has to end, or null.</summary>
    public FaultWait? Fault { get; private init; }

    /// <summary>The purge that has to end, or null.</summary>
    public PurgeWait? Purge { get; private init; }

    internal static Answer Done(SyscallResult result, Signal? signal) => new(Outcome.Done) { Result = result, Signal = signal };

    internal static Answer ForFault(FaultWait fault) => new(Outcome.WaitsForFault) { Fault = fault };

    internal static Answer ForPurge(PurgeWait purge) => new(Outcome.WaitsForPurge) { Purge = purge };
}
