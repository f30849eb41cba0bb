namespace Fuse.Testing;

/// <summary>A message of the daemon, as the kernel would take it apart.</summary>
internal sealed record Reply(uint Length, int Error, ulong Unique, byte[] Payload)
{
    internal T As<T>()
        where T : unmanaged
    {
        Assert.Equal(0, Error);
        Assert.Equal(Wire.Of(default(T)).Length, Payload.Length);
        return Wire.As<T>(Payload);
    }
}
