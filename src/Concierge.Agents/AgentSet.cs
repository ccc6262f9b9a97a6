using System.Diagnostics.CodeAnalysis;

namespace Concierge.Agents;

/// <summary>Agents that know each other, and who begins. Immutable; checked when it is made, so that a hand-off always has a target.</summary>
public sealed class AgentSet
{
    private readonly Dictionary<string, Agent> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A set.</summary>
    /// <param name="agents">The agents; names differ.</param>
    /// <param name="start">Who begins; null for the first.</param>
    /// <exception cref="AgentDefinitionException">The set makes no sense; the message lists everything that is wrong.</exception>
    public AgentSet(IEnumerable<Agent> agents, string? start = null)
    {
        Agents = [.. agents];
        IReadOnlyList<AgentProblem> problems = AgentRules.Check(Agents, start);
        if (problems.Any(p => p.IsError))
        {
            throw new AgentDefinitionException([.. problems.Where(p => p.IsError)]);
        }

        foreach (Agent agent in Agents)
        {
            _byName[agent.Name] = agent;
        }

        Start = start is null ? Agents[0] : _byName[start];
    }

    /// <summary>All of them, in the order given.</summary>
    public IReadOnlyList<Agent> Agents { get; }

    /// <summary>Who begins.</summary>
    public Agent Start { get; }

    /// <summary>An agent by name, regardless of case.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Agent this[string name] => TryFind(name, out Agent? agent)
        ? agent
        : throw new KeyNotFoundException($"There is no agent '{name}'; there are {string.Join(", ", Agents.Select(a => a.Name))}.");

    /// <summary>Builds a set in code.</summary>
    /// <param name="build">Adds the agents; the first one begins unless told otherwise.</param>
    /// <exception cref="AgentDefinitionException">The set makes no sense; the message lists everything that is wrong.</exception>
    public static AgentSet Create(Action<AgentSetBuilder> build)
    {
        var builder = new AgentSetBuilder();
        build(builder);
        return builder.Build();
    }

    /// <summary>A set of one.</summary>
    public static AgentSet Of(Agent agent) => new([agent]);

    /// <summary>An agent by name, regardless of case.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Agent? agent) => _byName.TryGetValue(name, out agent);
}
