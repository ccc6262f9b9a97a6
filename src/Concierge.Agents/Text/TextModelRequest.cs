using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Text;

/// <summary>What a text model is asked.</summary>
/// <param name="Agent">The agent that asks.</param>
/// <param name="Instructions">What it is told, filled.</param>
/// <param name="Messages">The conversation so far.</param>
/// <param name="Tools">What it may call.</param>
public sealed record TextModelRequest(Agent Agent, string Instructions, IReadOnlyList<TextMessage> Messages, IReadOnlyList<RealtimeFunctionTool> Tools);
