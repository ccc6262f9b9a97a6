namespace Concierge.Pipelines.Tests.Soak;

/// <summary>What counts the process's memory and pooled buffers runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoakCollection
{
    public const string Name = "Soak";
}
