namespace Concierge.Agents;

/// <summary>Agents that cannot be used as they are defined.</summary>
/// <param name="problems">Everything that is wrong.</param>
public sealed class AgentDefinitionException(IReadOnlyList<AgentProblem> problems)
    : Exception($"The agents cannot be used: {string.Join("; ", problems)}.")
{
    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<AgentProblem> Problems { get; } = problems;
}
