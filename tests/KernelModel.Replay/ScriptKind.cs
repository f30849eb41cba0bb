namespace KernelModel.Replay;

/// <summary>What a random script is about.</summary>
public enum ScriptKind
{
    /// <summary>A machine without swap.</summary>
    Plain,

    /// <summary>A machine with swap, which the script pages out to.</summary>
    Swap,

    /// <summary>A pool of huge pages.</summary>
    Huge,
}

/// <summary>The scripts of each kind, and the machines they are played on.</summary>
internal static class ScriptKinds
{
    /// <summary>Makes the script of a seed.</summary>
    public static string Script(this ScriptKind kind, ulong seed) => kind == ScriptKind.Huge
        ? HugeScript.Make(seed, RandomScript.Operations)
        : RandomScript.Make(seed, RandomScript.Operations, kind == ScriptKind.Swap);

    /// <summary>Boots the machine for one script.</summary>
    public static ScriptPlayer Player(this ScriptKind kind, bool forbidsZeroPage = false) => new(
        kind.Arena(), kind == ScriptKind.Swap ? ScriptPlayer.DefaultSwapPages : 0, kind == ScriptKind.Huge ? ScriptPlayer.HugePool : -1,
        forbidsZeroPage);

    /// <summary>Pages of the arena.</summary>
    public static int Arena(this ScriptKind kind) => kind == ScriptKind.Huge ? HugeScript.Arena : RandomScript.Arena;
}
