namespace Concierge.Agents.Tests.Memory;

/// <summary>What counts the process's memory runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "Memory";
}
