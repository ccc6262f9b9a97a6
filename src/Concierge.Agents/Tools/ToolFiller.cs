namespace Concierge.Agents.Tools;

/// <summary>What the agent says while a slow tool works, so that the line does not go silent.</summary>
/// <param name="After">How long the tool may take before it is said.</param>
/// <param name="Instructions">What to say, as instructions for one response.</param>
public sealed record ToolFiller(TimeSpan After, string Instructions = "Say in three or four words that you are looking it up. Nothing else; do not call a tool.");
