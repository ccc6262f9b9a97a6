using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Concierge.Simulation.Scenarios;

/// <summary>How scenarios are read, and what else is written in files like them: camel case, comments and trailing commas allowed, unknown keys refused.</summary>
[JsonSerializable(typeof(Scenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext
{
    /// <summary>What the files may hold, and how.</summary>
    public static JsonSerializerOptions FileOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new ScenarioJson().WithAddedModifier(InitialValues.Keep),
        Converters =
        {
            new JsonStringEnumConverter<ScenarioPurpose>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<ScenarioResponseEnd>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<ScenarioAnswer>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<ScenarioTrigger>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<ScenarioSpeaker>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    };

    /// <summary>Reads a scenario; null for <c>null</c>.</summary>
    /// <exception cref="JsonException">Not JSON, an unknown key, a value of the wrong kind.</exception>
    public static Scenario? ReadScenario(string json) => JsonSerializer.Deserialize(json, (JsonTypeInfo<Scenario>)FileOptions.GetTypeInfo(typeof(Scenario)));
}
