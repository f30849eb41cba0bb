namespace KernelModel.Tests;

/// <summary>Not beside other tests: they count what the whole process has or allocates.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
