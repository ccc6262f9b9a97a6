using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Chat;

/// <summary>How text scripts are read: as scenarios are.</summary>
[JsonSerializable(typeof(TextScript))]
internal sealed partial class TextScriptJson : JsonSerializerContext
{
    /// <summary>What the files may hold, and how.</summary>
    public static JsonSerializerOptions FileOptions { get; } = new(ScenarioJson.FileOptions)
    {
        TypeInfoResolver = new TextScriptJson().WithAddedModifier(InitialValues.Keep),
    };

    /// <summary>Reads a text script; null for <c>null</c>.</summary>
    /// <exception cref="JsonException">Not JSON, an unknown key, a value of the wrong kind.</exception>
    public static TextScript? Read(string json) => JsonSerializer.Deserialize(json, (JsonTypeInfo<TextScript>)FileOptions.GetTypeInfo(typeof(TextScript)));
}
