namespace KernelModel.Replay;

/// <summary>splitmix64: the same numbers for the same seed, on every machine and for ever.</summary>
/// <param name="seed">Any number; neighbouring ones do not give shifted copies of one stream.</param>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = Mix(seed + 1);

    public int Next(int bound)
    {
        _state += 0x9E3779B97F4A7C15;
        return (int)(Mix(_state) % (ulong)bound);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
