using System.Runtime.Versioning;

// Two cores, and every test has a mount: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
