namespace Concierge.Agents;

/// <summary>What a tool answers.</summary>
/// <param name="Output">The result for the model; JSON as its text.</param>
/// <param name="Respond">Whether the model should speak about it.</param>
public sealed record VoiceToolResult(string Output, bool Respond = true);
