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

    // Client events that there are, but not on this connection (PROTOCOL B.5).
    private static readonly Dictionary<string, string> s_elsewhere = new(StringComparer.Ordinal)
    {
        ["output_audio_buffer.clear"] = "'output_audio_buffer.clear' is for WebRTC and SIP: over a WebSocket the audio that plays is the client's own.",
        ["transcription_session.update"] = "'transcription_session.update' is the beta's. Use 'session.update' with session.type 'transcription'.",
    };

    public static RealtimeTwinError? Check(string type, JsonObject command)
    {
        if (!command.ContainsKey("type"))
        {
            return RealtimeFieldRules.Missing("type") with { Code = "invalid_event" };
        }

        if (!s_fields.TryGetValue(type, out (string Name, JsonValueKind Kind, bool Required)[]? fields))
        {
            if (s_elsewhere.TryGetValue(type, out string? why))
            {
                return new RealtimeTwinError("invalid_event", why, "type");
            }

            return new RealtimeTwinError("invalid_event", $"Invalid value: '{type}'. Supported values are: {string.Join(", ", s_fields.Keys.Select(k => $"'{k}'"))}.", "type");
        }

        foreach ((string name, JsonNode? value) in command)
        {
            if (name == "event_id")
            {
                if (value is not null && value.GetValueKind() != JsonValueKind.String)
                {
                    return RealtimeFieldRules.WrongType("event_id", "a string", value);
                }

                if (value?.GetValue<string>().Length > MaxEventIdLength)
                {
                    return new RealtimeTwinError("string_above_max_length", $"Invalid 'event_id': string too long. Expected a string with maximum length {MaxEventIdLength}.", "event_id");
                }
            }
            else if (name != "type" && !fields.Any(f => f.Name == name))
            {
                return RealtimeFieldRules.Unknown(name);
            }
        }

        foreach ((string name, JsonValueKind kind, bool required) in fields)
        {
            if (!command.TryGetPropertyValue(name, out JsonNode? value))
            {
                if (required)
                {
                    return RealtimeFieldRules.Missing(name);
                }

                continue;
            }

            if (value is null && !required)
            {
                continue;
            }

            bool isWhole = kind != JsonValueKind.Number || (value is not null && long.TryParse(value.ToJsonString(), out _));
            if (value?.GetValueKind() != kind || !isWhole)
            {
                string expected = kind switch { JsonValueKind.Object => "an object", JsonValueKind.Number => "an integer", _ => "a string" };
                return RealtimeFieldRules.WrongType(name, expected, value);
            }
        }

        return type == "response.create" && command["response"] is JsonObject response ? RealtimeResponseRules.Check(response) : null;
    }
}
