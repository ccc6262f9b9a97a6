namespace Concierge.Calls.Life;

/// <summary>Tokens of the model.</summary>
/// <param name="InputTokens">All input, cached included.</param>
/// <param name="OutputTokens">All output.</param>
/// <param name="InputAudioTokens">Audio among the input.</param>
/// <param name="OutputAudioTokens">Audio among the output.</param>
/// <param name="CachedTokens">Input that was billed as cached.</param>
public sealed record CallUsage(long InputTokens, long OutputTokens, long InputAudioTokens = 0, long OutputAudioTokens = 0, long CachedTokens = 0)
{
    /// <summary>No tokens.</summary>
    public static CallUsage None { get; } = new(0, 0);

    /// <summary>Both together.</summary>
    /// <param name="other">The other part.</param>
    /// <returns>The sum.</returns>
    public CallUsage Plus(CallUsage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new CallUsage(
            InputTokens + other.InputTokens,
            OutputTokens + other.OutputTokens,
            InputAudioTokens + other.InputAudioTokens,
            OutputAudioTokens + other.OutputAudioTokens,
            CachedTokens + other.CachedTokens);
    }
}
