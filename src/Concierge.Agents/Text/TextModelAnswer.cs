using Concierge.Agents.Usage;

namespace Concierge.Agents.Text;

/// <summary>What a text model answers.</summary>
/// <param name="Id">The answer's id.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Text">Words; empty when it only calls tools.</param>
/// <param name="ToolCalls">Tools it calls.</param>
/// <param name="Usage">What it used.</param>
public sealed record TextModelAnswer(string Id, string Model, string Text, IReadOnlyList<TextToolCall> ToolCalls, ModelUsage Usage);
