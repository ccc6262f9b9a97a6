using System.Text.Json;
using System.Text.Json.Nodes;
using static Concierge.Simulation.Realtime.RealtimeFieldRules;

namespace Concierge.Simulation.Realtime;

/// <summary>The field rules of <c>response.create</c>'s <c>response</c> (PROTOCOL B.5). Every field may be null: the session's value then holds.</summary>
internal static class RealtimeResponseRules
{
    private const int MaxPairs = 16;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 512;

    private static readonly Dictionary<string, RealtimeFieldRule> s_response = new(StringComparer.Ordinal)
    {
        ["output_modalities"] = OrNull(RealtimeSessionRules.Modalities),
        ["instructions"] = Text(nullable: true),
        ["audio"] = OrNull((value, path) => Fields(value, path, s_audio!)),
        ["tools"] = OrNull(RealtimeSessionRules.Tools),
        ["tool_choice"] = OrNull(RealtimeSessionRules.ToolChoice),
        ["parallel_tool_calls"] = OrNull(Flag),
        ["reasoning"] = OrNull(RealtimeSessionRules.Reasoning),
        ["max_output_tokens"] = OrNull(RealtimeSessionRules.MaxOutputTokens),
        ["conversation"] = OrNull(OneOf("auto", "none")),
        ["metadata"] = OrNull(Metadata),
        ["prompt"] = OrNull(RealtimeSessionRules.Prompt),
        ["input"] = OrNull(Input),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_audio = new(StringComparer.Ordinal)
    {
        ["output"] = OrNull((value, path) => Fields(value, path, s_output!)),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_output = new(StringComparer.Ordinal)
    {
        ["format"] = OrNull(RealtimeSessionRules.Format),
        ["voice"] = OrNull(RealtimeSessionRules.Voice),
    };

    public static RealtimeTwinError? Check(JsonObject response) => Fields(response, "response", s_response);

    private static RealtimeFieldRule OrNull(RealtimeFieldRule rule) => (value, path) => value is null ? null : rule(value, path);

    private static RealtimeTwinError? Metadata(JsonNode? value, string path)
    {
        if (value is not JsonObject pairs)
        {
            return WrongType(path, "an object", value);
        }

        if (pairs.Count > MaxPairs)
        {
            return new RealtimeTwinError("object_above_max_properties", $"Invalid '{path}': too many properties. Expected an object with at most {MaxPairs} properties, but got an object with {pairs.Count} properties instead.", path);
        }

        foreach ((string name, JsonNode? text) in pairs)
        {
            if (text?.GetValueKind() != JsonValueKind.String)
            {
                return WrongType($"{path}.{name}", "a string", text);
            }

            if (name.Length > MaxNameLength || text.GetValue<string>().Length > MaxValueLength)
            {
                return new RealtimeTwinError("string_above_max_length", $"Invalid '{path}.{name}': string too long. Expected keys of at most {MaxNameLength} and values of at most {MaxValueLength} characters.", $"{path}.{name}");
            }
        }

        return null;
    }

    private static RealtimeTwinError? Input(JsonNode? value, string path)
    {
        if (value is not JsonArray items)
        {
            return WrongType(path, "an array of objects", value);
        }

        for (int i = 0; i < items.Count; i++)
        {
            string inner = $"{path}[{i}]";
            if (items[i] is not JsonObject item)
            {
                return WrongType(inner, "an object", items[i]);
            }

            RealtimeTwinError? error = item["type"]?.ToString() == "item_reference"
                ? Fields(item, inner, new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal) { ["type"] = Anything, ["id"] = Text(nullable: false) }, "id")
                : RealtimeItemRules.Check(item, inner);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }
}
