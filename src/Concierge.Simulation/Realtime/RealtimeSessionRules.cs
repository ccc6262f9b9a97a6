using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>The field rules of a GA session.update, with the vendor's codes and <c>param</c> paths. Only looks; changes nothing.</summary>
internal static class RealtimeSessionRules
{
    private delegate RealtimeTwinError? Rule(JsonNode? value, string path);

    private static readonly Dictionary<string, Rule> s_session = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("realtime", "transcription"),
        ["output_modalities"] = Modalities,
        ["model"] = Text(nullable: false),
        ["instructions"] = Text(nullable: false),
        ["audio"] = (value, path) => Fields(value, path, s_audio!),
        ["include"] = Include,
        ["tools"] = Tools,
        ["tool_choice"] = ToolChoice,
        ["parallel_tool_calls"] = Flag,
        ["reasoning"] = (value, path) => Fields(value, path, s_reasoning!),
        ["max_output_tokens"] = MaxOutputTokens,
        ["truncation"] = Truncation,
        ["tracing"] = Tracing,
        ["prompt"] = (value, path) => value is null ? null : Fields(value, path, s_prompt!, "id"),
    };

    private static readonly Dictionary<string, Rule> s_audio = new(StringComparer.Ordinal)
    {
        ["input"] = (value, path) => Fields(value, path, s_input!),
        ["output"] = (value, path) => Fields(value, path, s_output!),
    };

    private static readonly Dictionary<string, Rule> s_input = new(StringComparer.Ordinal)
    {
        ["format"] = Format,
        ["transcription"] = (value, path) => value is null ? null : Fields(value, path, s_transcription!),
        ["noise_reduction"] = (value, path) => value is null ? null : Fields(value, path, s_noise!, "type"),
        ["turn_detection"] = TurnDetection,
    };

    private static readonly Dictionary<string, Rule> s_output = new(StringComparer.Ordinal)
    {
        ["format"] = Format,
        ["voice"] = Voice,
        ["speed"] = Number(0.25, 1.5),
    };

    private static readonly Dictionary<string, Rule> s_format = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("audio/pcm", "audio/pcmu", "audio/pcma"),
        ["rate"] = Integer(24000, 24000),
    };

    private static readonly Dictionary<string, Rule> s_transcription = new(StringComparer.Ordinal)
    {
        ["model"] = Text(nullable: false),
        ["language"] = Text(nullable: false),
        ["languages"] = TextList,
        ["keywords"] = TextList,
        ["prompt"] = Text(nullable: false),
        ["delay"] = OneOf("minimal", "low", "medium", "high", "xhigh"),
    };

    private static readonly Dictionary<string, Rule> s_noise = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("near_field", "far_field"),
        ["strength"] = Number(0, 1),
    };

    private static readonly Dictionary<string, Rule> s_serverVad = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("server_vad", "semantic_vad"),
        ["threshold"] = Number(0, 1),
        ["prefix_padding_ms"] = Integer(0, 60000),
        ["silence_duration_ms"] = Integer(0, 60000),
        ["idle_timeout_ms"] = (value, path) => value is null ? null : Integer(5000, 30000)(value, path),
        ["create_response"] = Flag,
        ["interrupt_response"] = Flag,
    };

    private static readonly Dictionary<string, Rule> s_semanticVad = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("server_vad", "semantic_vad"),
        ["eagerness"] = OneOf("low", "medium", "high", "auto"),
        ["create_response"] = Flag,
        ["interrupt_response"] = Flag,
    };

    private static readonly Dictionary<string, Rule> s_function = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("function", "mcp"),
        ["name"] = Text(nullable: false),
        ["description"] = Text(nullable: true),
        ["parameters"] = (value, path) => value is JsonObject ? null : WrongType(path, "an object", value),
    };

    private static readonly Dictionary<string, Rule> s_mcp = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("function", "mcp"),
        ["server_label"] = Text(nullable: false),
        ["server_url"] = Text(nullable: false),
        ["connector_id"] = Text(nullable: false),
        ["tunnel_id"] = Text(nullable: false),
        ["authorization"] = Text(nullable: true),
        ["headers"] = Anything,
        ["allowed_tools"] = Anything,
        ["require_approval"] = Anything,
        ["server_description"] = Text(nullable: true),
        ["allowed_callers"] = Anything,
        ["defer_loading"] = Flag,
    };

    private static readonly Dictionary<string, Rule> s_reasoning = new(StringComparer.Ordinal)
    {
        ["effort"] = OneOf("minimal", "low", "medium", "high", "xhigh"),
    };

    private static readonly Dictionary<string, Rule> s_prompt = new(StringComparer.Ordinal)
    {
        ["id"] = Text(nullable: false),
        ["version"] = Text(nullable: true),
        ["variables"] = Anything,
    };

    /// <summary>Checks an update against the rules.</summary>
    public static RealtimeTwinError? Check(JsonObject update, JsonObject effective, bool hasSpoken)
    {
        if (!update.ContainsKey("type"))
        {
            return Missing("session.type");
        }

        if (Fields(update, "session", s_session) is { } error)
        {
            return error;
        }

        string type = update["type"]!.GetValue<string>();
        if (type != effective["type"]!.GetValue<string>())
        {
            return new RealtimeTwinError("invalid_value", $"Passing a {type} session update event to a {effective["type"]} session is not allowed.", "session.type");
        }

        if (hasSpoken && update["audio"]?["output"]?["voice"] is { } voice && !JsonNode.DeepEquals(voice, effective["audio"]!["output"]!["voice"]))
        {
            return new RealtimeTwinError("cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.", "session.audio.output.voice");
        }

        if (effective["tracing"] is not null && update.ContainsKey("tracing") && !JsonNode.DeepEquals(update["tracing"], effective["tracing"]))
        {
            return new RealtimeTwinError("invalid_value", "Tracing cannot be changed once it is enabled.", "session.tracing");
        }

        return null;
    }

    internal static RealtimeTwinError Missing(string path) => new("missing_required_parameter", $"Missing required parameter: '{path}'.", path);

    internal static RealtimeTwinError Unknown(string path) => new("unknown_parameter", $"Unknown parameter: '{path}'.", path);

    internal static RealtimeTwinError WrongType(string path, string expected, JsonNode? got) =>
        new("invalid_type", $"Invalid type for '{path}': expected {expected}, but got {Kind(got)} instead.", path);

    private static RealtimeTwinError? Fields(JsonNode? value, string path, Dictionary<string, Rule> rules, params string[] required)
    {
        if (value is not JsonObject fields)
        {
            return WrongType(path, "an object", value);
        }

        foreach (string name in required)
        {
            if (!fields.ContainsKey(name))
            {
                return Missing(path + "." + name);
            }
        }

        foreach ((string name, JsonNode? field) in fields)
        {
            string inner = path + "." + name;
            if (!rules.TryGetValue(name, out Rule? rule))
            {
                return Unknown(inner);
            }

            if (rule(field, inner) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static RealtimeTwinError? Format(JsonNode? value, string path)
    {
        if (Fields(value, path, s_format, "type") is { } error)
        {
            return error;
        }

        bool isPcm = value!["type"]!.GetValue<string>() == "audio/pcm";
        bool hasRate = ((JsonObject)value).ContainsKey("rate");
        return isPcm && !hasRate ? Missing(path + ".rate") : !isPcm && hasRate ? Unknown(path + ".rate") : null;
    }

    private static RealtimeTwinError? TurnDetection(JsonNode? value, string path)
    {
        if (value is null)
        {
            return null;
        }

        bool semantic = value is JsonObject detection && detection["type"] is JsonValue type && Kind(type) == "a string" && type.GetValue<string>() == "semantic_vad";
        return Fields(value, path, semantic ? s_semanticVad : s_serverVad, "type");
    }

    private static RealtimeTwinError? Modalities(JsonNode? value, string path)
    {
        if (value is not JsonArray list)
        {
            return WrongType(path, "an array of strings", value);
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (OneOf("text", "audio")(list[i], $"{path}[{i}]") is { } error)
            {
                return error;
            }
        }

        // Both together are refused: audio brings its transcript anyway.
        return list.Count == 1
            ? null
            : new RealtimeTwinError("invalid_value", $"Invalid modalities: {list.ToJsonString()}. Supported combinations are: ['text'] and ['audio'].", path);
    }

    private static RealtimeTwinError? Voice(JsonNode? value, string path) =>
        value is JsonObject custom
            ? Fields(custom, path, new Dictionary<string, Rule>(StringComparer.Ordinal) { ["id"] = Text(nullable: false) }, "id")
            : Text(nullable: false)(value, path);

    private static RealtimeTwinError? Tools(JsonNode? value, string path)
    {
        if (value is not JsonArray list)
        {
            return WrongType(path, "an array of objects", value);
        }

        for (int i = 0; i < list.Count; i++)
        {
            string inner = $"{path}[{i}]";
            bool mcp = list[i] is JsonObject tool && tool["type"] is JsonValue type && Kind(type) == "a string" && type.GetValue<string>() == "mcp";
            if (Fields(list[i], inner, mcp ? s_mcp : s_function, mcp ? ["type", "server_label"] : ["type", "name"]) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static RealtimeTwinError? ToolChoice(JsonNode? value, string path) => value is JsonObject choice
        ? Fields(
            choice,
            path,
            new Dictionary<string, Rule>(StringComparer.Ordinal)
            {
                ["type"] = OneOf("function", "mcp"),
                ["name"] = Text(nullable: true),
                ["server_label"] = Text(nullable: false),
            },
            "type")
        : OneOf("none", "auto", "required")(value, path);

    private static RealtimeTwinError? MaxOutputTokens(JsonNode? value, string path) =>
        Kind(value) == "a string" ? OneOf("inf")(value, path) : Integer(1, 4096)(value, path);

    private static RealtimeTwinError? Truncation(JsonNode? value, string path) => value is JsonObject ratio
        ? Fields(
            ratio,
            path,
            new Dictionary<string, Rule>(StringComparer.Ordinal)
            {
                ["type"] = OneOf("retention_ratio"),
                ["retention_ratio"] = Number(0, 1),
                ["token_limits"] = Anything,
            },
            "type",
            "retention_ratio")
        : OneOf("auto", "disabled")(value, path);

    private static RealtimeTwinError? Tracing(JsonNode? value, string path) => value switch
    {
        null => null,
        JsonObject settings => Fields(
            settings,
            path,
            new Dictionary<string, Rule>(StringComparer.Ordinal)
            {
                ["workflow_name"] = Text(nullable: false),
                ["group_id"] = Text(nullable: false),
                ["metadata"] = Anything,
            }),
        _ => OneOf("auto")(value, path),
    };

    private static RealtimeTwinError? Include(JsonNode? value, string path)
    {
        if (value is null)
        {
            return null;
        }

        if (value is not JsonArray list)
        {
            return WrongType(path, "an array of strings", value);
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (OneOf("item.input_audio_transcription.logprobs")(list[i], $"{path}[{i}]") is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static RealtimeTwinError? TextList(JsonNode? value, string path) =>
        value is JsonArray list && list.All(e => Kind(e) == "a string") ? null : WrongType(path, "an array of strings", value);

    private static RealtimeTwinError? Anything(JsonNode? value, string path) => null;

    private static RealtimeTwinError? Flag(JsonNode? value, string path) =>
        value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : WrongType(path, "a boolean", value);

    private static Rule Text(bool nullable) => (value, path) =>
        (nullable && value is null) || value?.GetValueKind() == JsonValueKind.String ? null : WrongType(path, "a string", value);

    private static Rule OneOf(params string[] values) => (value, path) =>
        value?.GetValueKind() != JsonValueKind.String
            ? WrongType(path, "a string", value)
            : values.Contains(value.GetValue<string>(), StringComparer.Ordinal)
                ? null
                : new RealtimeTwinError("invalid_value", $"Invalid value: '{value.GetValue<string>()}'. Supported values are: {string.Join(", ", values.Select(v => $"'{v}'"))}.", path);

    private static Rule Number(double least, double most) => (value, path) =>
    {
        if (value?.GetValueKind() != JsonValueKind.Number)
        {
            return WrongType(path, "a decimal", value);
        }

        double number = RealtimeTurnDetection.Number(value, 0);
        return number >= least && number <= most ? null : OutOfRange(path, value, least, most);
    };

    private static Rule Integer(long least, long most) => (value, path) =>
    {
        if (value?.GetValueKind() != JsonValueKind.Number || !long.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out long number))
        {
            return WrongType(path, "an integer", value);
        }

        return number >= least && number <= most ? null : OutOfRange(path, value, least, most);
    };

    private static RealtimeTwinError OutOfRange(string path, JsonNode value, double least, double most) => new(
        "invalid_value",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Invalid value: {value.ToJsonString()}. Expected a value between {least} and {most}."),
        path);

    private static string Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}
