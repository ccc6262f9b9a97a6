using Concierge.Pipelines;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents;

/// <summary>Who speaks on a call: what it is told, how it sounds and what it can do. Immutable; one agent serves any number of calls.</summary>
public sealed record VoiceAgent
{
    /// <summary>The agent's name, for logs and transcripts.</summary>
    public required string Name { get; init; }

    /// <summary>What the model is told about its task.</summary>
    public required string Instructions { get; init; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<VoiceTool> Tools { get; init; } = [];

    /// <summary>The session's settings; instructions, tools and audio formats are filled in.</summary>
    public RealtimeSessionConfig Session { get; init; } = new();

    /// <summary>
    /// Whether the agent speaks first. An agent that is called greets; one that calls waits for the other side's hello.
    /// </summary>
    public bool SpeaksFirst { get; init; }

    /// <summary>How it behaves on the line: interruptions, silence, limits, keys.</summary>
    public CallConduct Conduct { get; init; } = CallConduct.Attentive;
}
