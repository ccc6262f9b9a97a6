namespace Concierge.Protocols.Realtime;

/// <summary>What is taken out of the caller's audio before turn detection and model (<c>audio.input.noise_reduction</c>).</summary>
/// <param name="Type"><c>near_field</c> for a handset, <c>far_field</c> for a speakerphone; null writes no reduction (see <see cref="Off"/>).</param>
/// <param name="Strength">How much; absent: the server's default of 1.</param>
public sealed record RealtimeNoiseReduction(string? Type, double? Strength = null)
{
    /// <summary>No noise reduction. Written as null.</summary>
    public static RealtimeNoiseReduction Off { get; } = new((string?)null);

    /// <summary>For a handset at the ear.</summary>
    public static RealtimeNoiseReduction NearField { get; } = new("near_field");

    /// <summary>For a speakerphone.</summary>
    public static RealtimeNoiseReduction FarField { get; } = new("far_field");
}
