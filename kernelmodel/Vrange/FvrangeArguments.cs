using KernelModel.Mapping;

namespace KernelModel.Vrange;

/// <summary>The numbers of one fvrange call, checked: pages, ends inclusive. Every way in uses the one check.</summary>
/// <param name="First">First page.</param>
/// <param name="Last">Last page, inclusive.</param>
/// <param name="Mode">R1.</param>
/// <param name="Behavior">R1.</param>
public readonly record struct FvrangeArguments(ulong First, ulong Last, VrangeMode Mode, VrangeBehavior Behavior)
{
    /// <summary>Checks in the order of R2, after what the interface itself has to say (EBADF, ESPIPE).</summary>
    /// <param name="offset">Byte offset.</param>
    /// <param name="length">Bytes, rounded down to pages.</param>
    /// <param name="mode">See <see cref="VrangeMode"/>.</param>
    /// <param name="behavior">See <see cref="VrangeBehavior"/>.</param>
    /// <param name="arguments">The call.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int Check(ulong offset, ulong length, uint mode, uint behavior, out FvrangeArguments arguments)
    {
        arguments = default;
        if (offset % PageSize.Bytes != 0)
            return -Errno.EINVAL;
        length -= length % PageSize.Bytes;
        if (length == 0)
            return -Errno.EINVAL;
        if (offset > long.MaxValue || length > long.MaxValue - offset)
            return -Errno.EINVAL;
        if (mode > (uint)VrangeMode.Volatile || behavior > (uint)VrangeBehavior.Partial)
            return -Errno.EINVAL;

        arguments = new FvrangeArguments(
            offset >> PageSize.Shift, ((offset + length) >> PageSize.Shift) - 1, (VrangeMode)mode, (VrangeBehavior)behavior);
        return 0;
    }
}
