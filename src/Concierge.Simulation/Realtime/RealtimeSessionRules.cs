using System.Text.Json.Nodes;
using static Concierge.Simulation.Realtime.RealtimeFieldRules;

namespace Concierge.Simulation.Realtime;

/// <summary>The field rules of a GA session.update, with the vendor's codes and <c>param</c> paths. Only looks; changes nothing.</summary>
internal static class RealtimeSessionRules
{
    private static readonly Dictionary<string, RealtimeFieldRule> s_session = new(StringComparer.Ordinal)
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
        ["reasoning"] = Reasoning,
        ["max_output_tokens"] = MaxOutputTokens,
        ["truncation"] = Truncation,
        ["tracing"] = Tracing,
        ["prompt"] = Prompt,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_audio = new(StringComparer.Ordinal)
    {
        ["input"] = (value, path) => Fields(value, path, s_input!),
        ["output"] = (value, path) => Fields(value, path, s_output!),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_input = new(StringComparer.Ordinal)
    {
        ["format"] = Format,
        ["transcription"] = Transcription,
        ["noise_reduction"] = (value, path) => value is null ? null : Fields(value, path, s_noise!, "type"),
        ["turn_detection"] = TurnDetection,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_output = new(StringComparer.Ordinal)
    {
        ["format"] = Format,
        ["voice"] = Voice,
        ["speed"] = Number(0.25, 1.5),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_format = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("audio/pcm", "audio/pcmu", "audio/pcma"),
        ["rate"] = Integer(24000, 24000),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_transcription = new(StringComparer.Ordinal)
    {
        ["model"] = Text(nullable: false),
        ["language"] = Text(nullable: false),
        ["languages"] = TextList,
        ["keywords"] = TextList,
        ["prompt"] = Text(nullable: false),
        ["delay"] = OneOf("minimal", "low", "medium", "high", "xhigh"),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_noise = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("near_field", "far_field"),
        ["strength"] = Number(0, 1),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_serverVad = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("server_vad", "semantic_vad"),
        ["threshold"] = Number(0, 1),
        ["prefix_padding_ms"] = Integer(0, 60000),
        ["silence_duration_ms"] = Integer(0, 60000),
        ["idle_timeout_ms"] = (value, path) => value is null ? null : Integer(5000, 30000)(value, path),
        ["create_response"] = Flag,
        ["interrupt_response"] = Flag,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_semanticVad = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("server_vad", "semantic_vad"),
        ["eagerness"] = OneOf("low", "medium", "high", "auto"),
        ["create_response"] = Flag,
        ["interrupt_response"] = Flag,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_function = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("function", "mcp"),
        ["name"] = Text(nullable: false),
        ["description"] = Text(nullable: true),
        ["parameters"] = (value, path) => value is JsonObject ? null : WrongType(path, "an object", value),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_mcp = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("function", "mcp"),
        ["server_label"] = Text(nullable: false),
        ["server_url"] = Text(nullable: false),
        ["connector_id"] = Text(nullable: false),
        ["tunnel_id"] = Text(nullable: false),
        ["authorization"] = Text(nullable: true),
        ["headers"] = Anything,
        ["allowed_tools"] = AllowedTools,
        ["require_approval"] = Approval,
        ["server_description"] = Text(nullable: true),
        ["allowed_callers"] = Anything,
        ["defer_loading"] = Flag,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_toolFilter = new(StringComparer.Ordinal)
    {
        ["tool_names"] = TextList,
        ["read_only"] = Flag,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_reasoning = new(StringComparer.Ordinal)
    {
        ["effort"] = OneOf("minimal", "low", "medium", "high", "xhigh"),
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_prompt = new(StringComparer.Ordinal)
    {
        ["id"] = Text(nullable: false),
        ["version"] = Text(nullable: true),
        ["variables"] = Anything,
    };

    // A session that only transcribes has ears and nothing else.
    private static readonly Dictionary<string, RealtimeFieldRule> s_transcriptionSession = new(StringComparer.Ordinal)
    {
        ["type"] = OneOf("realtime", "transcription"),
        ["audio"] = (value, path) => Fields(value, path, s_transcriptionAudio!),
        ["include"] = Include,
    };

    private static readonly Dictionary<string, RealtimeFieldRule> s_transcriptionAudio = new(StringComparer.Ordinal)
    {
        ["input"] = (value, path) => Fields(value, path, s_input!),
    };

    /// <summary>Checks an update against the rules.</summary>
    public static RealtimeTwinError? Check(JsonObject update, JsonObject effective, bool hasSpoken)
    {
        if (!update.ContainsKey("type"))
        {
            return Missing("session.type");
        }

        if (OneOf("realtime", "transcription")(update["type"], "session.type") is { } unknown)
        {
            return unknown;
        }

        string type = update["type"]!.GetValue<string>();
        if (type != effective["type"]!.GetValue<string>())
        {
            return new RealtimeTwinError("invalid_value", $"Passing a {type} session update event to a {effective["type"]} session is not allowed.", "session.type");
        }

        if (Fields(update, "session", type == "transcription" ? s_transcriptionSession : s_session) is { } error)
        {
            return error;
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

    internal static RealtimeTwinError? Format(JsonNode? value, string path)
    {
        if (Fields(value, path, s_format, "type") is { } error)
        {
            return error;
        }

        bool isPcm = value!["type"]!.GetValue<string>() == "audio/pcm";
        bool hasRate = ((JsonObject)value).ContainsKey("rate");
        return isPcm && !hasRate ? Missing(path + ".rate") : !isPcm && hasRate ? Unknown(path + ".rate") : null;
    }

    // Which model takes which hint (PROTOCOL B.3).
    private static RealtimeTwinError? Transcription(JsonNode? value, string path)
    {
        if (value is null)
        {
            return null;
        }

        if (Fields(value, path, s_transcription) is { } error)
        {
            return error;
        }

        string? model = value["model"]?.GetValue<string>();
        bool live = model == "gpt-realtime-whisper";
        foreach ((string name, bool taken) in (ReadOnlySpan<(string, bool)>)[("languages", model is "gpt-transcribe" or "gpt-live-transcribe"), ("keywords", model is "gpt-transcribe" or "gpt-live-transcribe"), ("delay", live), ("prompt", !live)])
        {
            if (model is not null && !taken && ((JsonObject)value).ContainsKey(name))
            {
                return new RealtimeTwinError("invalid_value", $"The parameter '{name}' is not supported with the transcription model '{model}'.", path + "." + name);
            }
        }

        return null;
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

    internal static RealtimeTwinError? Modalities(JsonNode? value, string path)
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

    internal static RealtimeTwinError? Voice(JsonNode? value, string path) =>
        value is JsonObject custom
            ? Fields(custom, path, new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal) { ["id"] = Text(nullable: false) }, "id")
            : Text(nullable: false)(value, path);

    internal static RealtimeTwinError? Tools(JsonNode? value, string path)
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

            if (mcp && new[] { "server_url", "connector_id", "tunnel_id" }.Count(((JsonObject)list[i]!).ContainsKey) != 1)
            {
                return new RealtimeTwinError("missing_required_parameter", "Exactly one of 'server_url', 'connector_id' and 'tunnel_id' must be given.", inner + ".server_url");
            }
        }

        return null;
    }

    private static RealtimeTwinError? AllowedTools(JsonNode? value, string path) => value switch
    {
        null => null,
        JsonObject filter => Fields(filter, path, s_toolFilter),
        _ => TextList(value, path),
    };

    private static RealtimeTwinError? Approval(JsonNode? value, string path) => value switch
    {
        null => null,
        JsonObject rule => Fields(
            rule,
            path,
            new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal)
            {
                ["always"] = (filter, inner) => Fields(filter, inner, s_toolFilter),
                ["never"] = (filter, inner) => Fields(filter, inner, s_toolFilter),
            }),
        _ => OneOf("always", "never")(value, path),
    };

    internal static RealtimeTwinError? ToolChoice(JsonNode? value, string path) => value is JsonObject choice
        ? Fields(
            choice,
            path,
            new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal)
            {
                ["type"] = OneOf("function", "mcp"),
                ["name"] = Text(nullable: true),
                ["server_label"] = Text(nullable: false),
            },
            choice["type"]?.ToString() == "mcp" ? ["type", "server_label"] : ["type", "name"])
        : OneOf("none", "auto", "required")(value, path);

    internal static RealtimeTwinError? Reasoning(JsonNode? value, string path) => Fields(value, path, s_reasoning);

    internal static RealtimeTwinError? Prompt(JsonNode? value, string path) => value is null ? null : Fields(value, path, s_prompt, "id");

    internal static RealtimeTwinError? MaxOutputTokens(JsonNode? value, string path) =>
        Kind(value) == "a string" ? OneOf("inf")(value, path) : Integer(1, 4096)(value, path);

    private static RealtimeTwinError? Truncation(JsonNode? value, string path) => value is JsonObject ratio
        ? Fields(
            ratio,
            path,
            new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal)
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
            new Dictionary<string, RealtimeFieldRule>(StringComparer.Ordinal)
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
}
