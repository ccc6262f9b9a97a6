using Concierge.Agents;
using Concierge.Agents.Files;
using Concierge.Agents.Ready;

namespace Concierge.Server.Requests;

/// <summary>
/// All agents at hand: those of the operator's file, those of the concierge that comes with the program under names that the file does not use, and the front desk. So the
/// voices that phone restaurants are there whatever the file holds, and a file replaces any of them by its name.
/// </summary>
/// <param name="Set">All of them.</param>
/// <param name="OnLine">Who answers a call that nothing else is known of.</param>
/// <param name="InWriting">Who takes requests in words.</param>
/// <param name="Variables">What the files fill their texts with.</param>
internal sealed record AgentCast(AgentSet Set, Agent OnLine, Agent InWriting, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The agents that a call may ask for.</summary>
    public IReadOnlyList<string> OnLineNames { get; } = [.. Set.Agents.Where(a => !Set.IsForWriting(a)).Select(a => a.Name)];

    /// <summary>Puts the cast together.</summary>
    /// <param name="own">What the operator's file defines; null without one.</param>
    /// <param name="ready">What the concierge's file defines.</param>
    /// <param name="frontDesk">Who answers calls where the operator's file has nobody for it; null where no calls are answered.</param>
    public static AgentCast Create(AgentDefinitions? own, AgentDefinitions ready, Agent? frontDesk)
    {
        List<Agent> all = [.. own?.Set!.Agents ?? []];
        foreach (Agent agent in frontDesk is null ? ready.Set!.Agents : [.. ready.Set!.Agents, frontDesk])
        {
            if (!all.Exists(a => a.Name.Equals(agent.Name, StringComparison.OrdinalIgnoreCase)))
            {
                all.Add(agent);
            }
        }

        Agent first = own?.Set!.Start ?? ready.Set!.Start;
        var set = new AgentSet(all, first.Name);
        var variables = new Dictionary<string, string>(ready.Variables);
        foreach ((string name, string value) in own?.Variables ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        return new AgentCast(
            set,
            frontDesk is null || !set.IsForWriting(first) ? first : set[frontDesk.Name],
            first.IsForTelephone() && set.TryFind(ReadyAgents.Orchestrator, out Agent? orchestrator) ? orchestrator : first,
            variables);
    }

    /// <summary>A context for a conversation with these agents.</summary>
    public AgentContext CreateContext(string? conversationId = null) => new(conversationId, Variables);
}
