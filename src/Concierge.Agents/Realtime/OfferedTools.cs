using System.Text.Json;
using Concierge.Agents.Tools;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Realtime;

/// <summary>What one agent is offered in one conversation: its tools, those of its servers that answered, and the hand-offs whose condition holds.</summary>
internal sealed class OfferedTools
{
    /// <summary>The parameters of every hand-off.</summary>
    public const string HandoffSchema =
        """{"type":"object","properties":{"reason":{"type":"string","description":"Why, in one sentence, for the agent who takes over."}},"additionalProperties":false}""";

    private readonly Dictionary<string, AgentTool> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Handoff> _handoffs = new(StringComparer.Ordinal);
    private readonly List<RealtimeFunctionTool> _wire = [];

    public OfferedTools(Agent agent, IEnumerable<AgentTool> serverTools, AgentContext context, AgentSet set)
    {
        Agent = agent;
        foreach (AgentTool tool in agent.Tools.Concat(serverTools))
        {
            if (_tools.TryAdd(tool.Name, tool))
            {
                _wire.Add(new RealtimeFunctionTool(tool.Name, tool.Description, tool.ParametersText));
            }
        }

        foreach (Handoff handoff in agent.Handoffs.Where(h => h.Condition?.Invoke(context) != false))
        {
            if (!_tools.ContainsKey(handoff.ToolName) && _handoffs.TryAdd(handoff.ToolName, handoff))
            {
                _wire.Add(new RealtimeFunctionTool(handoff.ToolName, Describe(handoff, set), HandoffSchema));
            }
        }
    }

    public Agent Agent { get; }

    /// <summary>All of it as the model's server wants it.</summary>
    public IReadOnlyList<RealtimeFunctionTool> Wire => _wire;

    /// <summary>The names of all of it.</summary>
    public IEnumerable<string> Names => _wire.Select(t => t.Name);

    public AgentTool? FindTool(string name) => _tools.GetValueOrDefault(name);

    public Handoff? FindHandoff(string name) => _handoffs.GetValueOrDefault(name);

    /// <summary>The reason that the model gave for a hand-off.</summary>
    public static string? ReadReason(string arguments)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments.Length == 0 ? "{}" : arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("reason", out JsonElement reason)
                && reason.ValueKind == JsonValueKind.String
                ? reason.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null; // the hand-off itself is plain; only its reason is lost
        }
    }

    public static string Describe(Handoff handoff, AgentSet set) =>
        handoff.Description ?? $"Hands the conversation over to {handoff.Target}.{(set[handoff.Target].Description is { } what ? $" {what}" : "")}";
}
