using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>How faults are written: camel case, times in milliseconds with <c>Ms</c> behind their name.</summary>
[JsonSerializable(typeof(RealtimeTwinFaults))]
internal sealed partial class RealtimeFaultJson : JsonSerializerContext
{
    /// <summary>What the files may hold, and how.</summary>
    public static JsonSerializerOptions FileOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new RealtimeFaultJson().WithAddedModifier(InitialValues.Keep).WithAddedModifier(NameTimes),
        Converters = { new MillisecondConverter() },
    };

    /// <summary>Reads faults; null for <c>null</c>.</summary>
    /// <exception cref="JsonException">Not JSON, an unknown key, a value of the wrong kind.</exception>
    public static RealtimeTwinFaults? Read(string json) => JsonSerializer.Deserialize(json, (JsonTypeInfo<RealtimeTwinFaults>)FileOptions.GetTypeInfo(typeof(RealtimeTwinFaults)));

    private static void NameTimes(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?))
            {
                property.Name += "Ms";
            }
        }
    }

    private sealed class MillisecondConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => System.TimeSpan.FromMilliseconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalMilliseconds);
    }
}
