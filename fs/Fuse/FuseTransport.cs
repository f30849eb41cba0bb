namespace Fuse;

/// <summary>How requests reach a session.</summary>
public enum FuseTransport
{
    /// <summary>read(2) and write(2) on the device.</summary>
    ReadWrite,

    /// <summary>io_uring queues; only INTERRUPT, FORGET and notifications go over the device itself.</summary>
    IoUring,
}
