using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>The source-generated JSON shapes of a call's records: snake_case, indented, enums by name.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CallOutcome))]
[JsonSerializable(typeof(TranscriptEntry))]
[JsonSerializable(typeof(IReadOnlyList<TranscriptEntry>))]
public sealed partial class CallsJson : JsonSerializerContext
{
    /// <summary>The outcome as the JSON of <c>outcome.json</c>.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Indented JSON.</returns>
    public static string Write(CallOutcome outcome) => JsonSerializer.Serialize(outcome, Default.CallOutcome);

    /// <summary>The transcript as the JSON of <c>transcript.json</c>.</summary>
    /// <param name="entries">The turns in order.</param>
    /// <returns>Indented JSON.</returns>
    public static string Write(IReadOnlyList<TranscriptEntry> entries) => JsonSerializer.Serialize(entries, Default.IReadOnlyListTranscriptEntry);
}
