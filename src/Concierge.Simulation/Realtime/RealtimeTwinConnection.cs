namespace Concierge.Simulation.Realtime;

/// <summary>What the client's upgrade request said.</summary>
public sealed record RealtimeTwinConnection
{
    /// <summary>The <c>model</c> of the query.</summary>
    public string Model { get; init; } = "gpt-realtime-2.1";

    /// <summary>The key presented, by bearer, <c>api-key</c> header, query or subprotocol; null when none was.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether the header <c>OpenAI-Beta: realtime=v1</c> was sent, which the vendor refuses since 2026-05-12.</summary>
    public bool AsksForBeta { get; init; }

    /// <summary>Settings that the key carries (an ephemeral one): applied before session.created. Null for none.</summary>
    public System.Text.Json.Nodes.JsonObject? Session { get; init; }

    /// <summary>Whether the query said <c>intent=transcription</c>: a session that transcribes and never answers.</summary>
    public bool IsTranscription { get; init; }

    /// <summary>Whether <see cref="ApiKey"/> was found good already, as an ephemeral key is.</summary>
    public bool IsAuthorized { get; init; }
}
