namespace Concierge.Agents.Realtime;

/// <summary>Starts sessions of agents on telephone calls. Shared by all calls.</summary>
/// <param name="agents">The agents.</param>
/// <param name="options">What all sessions share; null for the defaults.</param>
public sealed class RealtimeRunner(AgentSet agents, RealtimeRunnerOptions? options = null)
{
    /// <summary>The agents.</summary>
    public AgentSet Agents { get; } = agents;

    /// <summary>What all sessions share.</summary>
    public RealtimeRunnerOptions Options { get; } = options ?? new RealtimeRunnerOptions();

    /// <summary>Makes the session of one call: give it to a <see cref="Pipelines.CallSession"/> as its controller.</summary>
    /// <param name="context">What the conversation knows; null makes a context of its own.</param>
    /// <param name="agent">Who begins; null for the set's own choice.</param>
    /// <exception cref="KeyNotFoundException">There is no such agent.</exception>
    public RealtimeSession CreateSession(AgentContext? context = null, string? agent = null) =>
        new(Agents, agent is null ? Agents.Start : Agents[agent], context ?? new AgentContext(), Options);
}
