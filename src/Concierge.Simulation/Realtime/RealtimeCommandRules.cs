using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>The fields of client events, apart from what is inside a session or an item.</summary>
internal static class RealtimeCommandRules
{
    private const int MaxEventIdLength = 512;

    private static readonly Dictionary<string, (string Name, JsonValueKind Kind, bool Required)[]> s_fields = new(StringComparer.Ordinal)
    {
        ["session.update"] = [("session", JsonValueKind.Object, true)],
        ["input_audio_buffer.append"] = [("audio", JsonValueKind.String, true)],
        ["input_audio_buffer.clear"] = [],
        ["input_audio_buffer.commit"] = [],
        ["conversation.item.create"] = [("item", JsonValueKind.Object, true), ("previous_item_id", JsonValueKind.String, false)],
        ["conversation.item.delete"] = [("item_id", JsonValueKind.String, true)],
        ["conversation.item.retrieve"] = [("item_id", JsonValueKind.String, true)],
        ["conversation.item.truncate"] =
        [
            ("item_id", JsonValueKind.String, true), ("content_index", JsonValueKind.Number, true), ("audio_end_ms", JsonValueKind.Number, true),
        ],
        ["response.create"] = [("response", JsonValueKind.Object, false)],
        ["response.cancel"] = [("response_id", JsonValueKind.String, false)],
    };

    private static readonly string[] s_responseFields =
    [
        "output_modalities", "instructions", "audio", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "max_output_tokens", "conversation",
        "metadata", "prompt", "input",
    ];

    public static RealtimeTwinError? Check(string type, JsonObject command)
    {
        if (!command.ContainsKey("type"))
        {
            return RealtimeSessionRules.Missing("type") with { Code = "invalid_event" };
        }

        if (!s_fields.TryGetValue(type, out (string Name, JsonValueKind Kind, bool Required)[]? fields))
        {
            return new RealtimeTwinError("invalid_event", $"Invalid value: '{type}'. Supported values are: {string.Join(", ", s_fields.Keys.Select(k => $"'{k}'"))}.", "type");
        }

        foreach ((string name, JsonNode? value) in command)
        {
            if (name == "event_id")
            {
                if (value?.GetValueKind() != JsonValueKind.String)
                {
                    return RealtimeSessionRules.WrongType("event_id", "a string", value);
                }

                if (value.GetValue<string>().Length > MaxEventIdLength)
                {
                    return new RealtimeTwinError("string_above_max_length", $"Invalid 'event_id': string too long. Expected a string with maximum length {MaxEventIdLength}.", "event_id");
                }
            }
            else if (name != "type" && !fields.Any(f => f.Name == name))
            {
                return RealtimeSessionRules.Unknown(name);
            }
        }

        foreach ((string name, JsonValueKind kind, bool required) in fields)
        {
            if (!command.TryGetPropertyValue(name, out JsonNode? value))
            {
                if (required)
                {
                    return RealtimeSessionRules.Missing(name);
                }

                continue;
            }

            bool isWhole = kind != JsonValueKind.Number || (value is not null && long.TryParse(value.ToJsonString(), out _));
            if (value?.GetValueKind() != kind || !isWhole)
            {
                string expected = kind switch { JsonValueKind.Object => "an object", JsonValueKind.Number => "an integer", _ => "a string" };
                return RealtimeSessionRules.WrongType(name, expected, value);
            }
        }

        if (type == "response.create" && command["response"] is JsonObject response)
        {
            foreach ((string name, _) in response)
            {
                if (!s_responseFields.Contains(name, StringComparer.Ordinal))
                {
                    return RealtimeSessionRules.Unknown("response." + name);
                }
            }
        }

        return null;
    }
}
