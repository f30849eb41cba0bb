namespace KernelModel.Vrange;

/// <summary>What a vrange call asks for. The numbers are ABI (R1).</summary>
public enum VrangeMode : uint
{
    /// <summary>VRANGE_NONVOLATILE: take the range back and learn whether anything of it was lost.</summary>
    NonVolatile = 0,

    /// <summary>VRANGE_VOLATILE: the range may be discarded from now on.</summary>
    Volatile = 1,
}

/// <summary>How much of a range one purge takes. The numbers are ABI (R1, R8).</summary>
public enum VrangeBehavior : uint
{
    /// <summary>VRANGE_FULL: the whole range goes at once.</summary>
    Full = 0,

    /// <summary>VRANGE_PARTIAL: from its start, as much as is needed.</summary>
    Partial = 1,
}

/// <summary>Which owners of ranges a purge takes from (R16).</summary>
[Flags]
public enum VrangeOwners
{
    /// <summary>address_spaces of files.</summary>
    Files = 1,

    /// <summary>mm_structs of model tasks.</summary>
    Tasks = 2,

    /// <summary>Both, as the one LRU has them.</summary>
    All = Files | Tasks,
}
