namespace Concierge.Agents;

/// <summary>Something an agent can do besides talking.</summary>
/// <param name="Name">The name the model calls it by: letters, digits, <c>_</c> and <c>-</c>, up to 64.</param>
/// <param name="Description">What it does and when to use it, for the model.</param>
/// <param name="ParametersSchema">The JSON schema of its arguments, as text.</param>
/// <param name="InvokeAsync">Carries it out; the result goes to the model as text.</param>
public sealed record VoiceTool(
    string Name,
    string Description,
    string ParametersSchema,
    Func<VoiceToolCall, CancellationToken, ValueTask<VoiceToolResult>> InvokeAsync)
{
    /// <summary>How long it may take before the model is told that it did not answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
