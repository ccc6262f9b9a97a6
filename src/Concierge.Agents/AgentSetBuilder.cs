namespace Concierge.Agents;

/// <summary>Builds an <see cref="AgentSet"/> in code.</summary>
public sealed class AgentSetBuilder
{
    private readonly List<AgentBuilder> _agents = [];
    private string? _start;

    /// <summary>Adds an agent.</summary>
    /// <param name="name">Its name, unique in the set.</param>
    /// <returns>What it is like; go on from here.</returns>
    public AgentBuilder Agent(string name)
    {
        var agent = new AgentBuilder(name);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>Says who begins; otherwise the first agent does.</summary>
    public AgentSetBuilder StartWith(string name)
    {
        _start = name;
        return this;
    }

    /// <summary>Checks and closes the set.</summary>
    /// <exception cref="AgentDefinitionException">The set makes no sense; the message lists everything that is wrong.</exception>
    public AgentSet Build() => new(_agents.Select(a => a.Build()), _start);
}
