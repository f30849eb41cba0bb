namespace KernelModel.Vrange;

/// <summary>One line of /proc/PID/vrange (R40, R41), in addresses of the task.</summary>
/// <param name="Start">First byte.</param>
/// <param name="LastByte">Last byte, inclusive.</param>
/// <param name="Purged">Whether any cover says purged there.</param>
/// <param name="Path">The file whose range it is, or null.</param>
public readonly record struct VrangeLine(ulong Start, ulong LastByte, bool Purged, string? Path)
{
    /// <summary>The line as it is printed, without the end of line.</summary>
    public override string ToString()
        => Path is null ? $"{Start:x8}-{LastByte:x8} {(Purged ? 'p' : 'v')}" : $"{Start:x8}-{LastByte:x8} {(Purged ? 'p' : 'v')} {Path}";
}
