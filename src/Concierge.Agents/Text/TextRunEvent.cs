using Concierge.Agents.Guardrails;

namespace Concierge.Agents.Text;

/// <summary>Something that happened while a request was worked on.</summary>
public abstract record TextRunEvent
{
    /// <summary>An agent thinks about it.</summary>
    public sealed record AgentStart(string Agent) : TextRunEvent;

    /// <summary>One agent handed over to another.</summary>
    public sealed record Handoff(string From, string To, string? Reason) : TextRunEvent;

    /// <summary>A tool began to work.</summary>
    public sealed record ToolStart(string Agent, string Tool, string Arguments) : TextRunEvent;

    /// <summary>A tool answered.</summary>
    public sealed record ToolEnd(string Agent, string Tool, string Output, bool IsError) : TextRunEvent;

    /// <summary>A guardrail tripped.</summary>
    public sealed record GuardrailTripped(string Agent, GuardrailTrip Trip) : TextRunEvent;
}
