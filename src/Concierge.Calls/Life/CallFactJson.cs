using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concierge.Calls.Life;

/// <summary>The source-generated JSON of records and facts, as the store, the spill file, exports and the API write them: snake_case, one line, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(CallFact))]
[JsonSerializable(typeof(CallRecord))]
public sealed partial class CallFactJson : JsonSerializerContext
{
    /// <summary>A fact as one line of JSON.</summary>
    /// <param name="fact">The fact.</param>
    /// <returns>JSON without line breaks.</returns>
    public static string Write(CallFact fact) => JsonSerializer.Serialize(fact, Default.CallFact);

    /// <summary>A record as one line of JSON.</summary>
    /// <param name="record">The record.</param>
    /// <returns>JSON without line breaks.</returns>
    public static string Write(CallRecord record) => JsonSerializer.Serialize(record, Default.CallRecord);

    /// <summary>Reads a fact.</summary>
    /// <param name="json">What <see cref="Write(CallFact)"/> wrote.</param>
    /// <returns>The fact.</returns>
    /// <exception cref="JsonException">It is not one.</exception>
    public static CallFact ReadFact(string json) => JsonSerializer.Deserialize(json, Default.CallFact) ?? throw new JsonException("A fact is an object.");

    /// <summary>Reads a record.</summary>
    /// <param name="json">What <see cref="Write(CallRecord)"/> wrote.</param>
    /// <returns>The record.</returns>
    /// <exception cref="JsonException">It is not one.</exception>
    public static CallRecord ReadRecord(string json) => JsonSerializer.Deserialize(json, Default.CallRecord) ?? throw new JsonException("A record is an object.");
}
