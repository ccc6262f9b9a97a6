using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>The effective session: the JSON that session.created and session.updated show, and what the twin reads from it.</summary>
internal sealed class RealtimeSessionState
{
    public RealtimeSessionState(string id, string model, long expiresAt, bool isTranscription = false)
    {
        IsTranscription = isTranscription;
        Effective = isTranscription ? Transcription(id, expiresAt) : Realtime(id, model, expiresAt);
        Read();
    }

    public JsonObject Effective { get; private set; }

    /// <summary>Whether the session only transcribes: no responses, no tools, no voice.</summary>
    public bool IsTranscription { get; }

    public RealtimeWireFormat InputFormat { get; private set; }

    public RealtimeWireFormat OutputFormat { get; private set; }

    public string Voice { get; private set; } = "marin";

    public bool TranscribesInput => TranscriptionModel is not null;

    /// <summary>What transcribes the input; null when nothing does.</summary>
    public string? TranscriptionModel { get; private set; }

    /// <summary>Whether transcriptions carry the probability of every token.</summary>
    public bool IncludesLogProbs { get; private set; }

    public bool IsTextOnly { get; private set; }

    /// <summary>Null when turn detection is off.</summary>
    public RealtimeTurnDetection? TurnDetection { get; private set; }

    public static JsonObject DefaultServerVad() => new()
    {
        ["type"] = "server_vad",
        ["threshold"] = 0.5,
        ["prefix_padding_ms"] = 300,
        ["silence_duration_ms"] = 500,
        ["idle_timeout_ms"] = null,
        ["create_response"] = true,
        ["interrupt_response"] = true,
    };

    public static JsonObject DefaultSemanticVad() => new()
    {
        ["type"] = "semantic_vad",
        ["eagerness"] = "auto",
        ["create_response"] = true,
        ["interrupt_response"] = true,
    };

    /// <summary>Applies a session.update, or nothing of it.</summary>
    /// <param name="update">The <c>session</c> of the event.</param>
    /// <param name="hasSpoken">Whether audio was output already, which locks the voice.</param>
    /// <returns>The refusal, or null.</returns>
    public RealtimeTwinError? TryUpdate(JsonObject update, bool hasSpoken)
    {
        if (RealtimeSessionRules.Check(update, Effective, hasSpoken) is { } error)
        {
            return error;
        }

        var next = (JsonObject)Effective.DeepClone();
        Merge(next, update);
        Effective = next;
        Read();
        return null;
    }

    // Only the fields present change. Objects that are one value (a format, a turn detection of another type, a transcription) are replaced, others descended into.
    private static void Merge(JsonObject target, JsonObject update)
    {
        foreach ((string name, JsonNode? value) in update)
        {
            switch (name)
            {
                case "audio" or "input" or "output" when value is JsonObject inner && target[name] is JsonObject existing:
                    Merge(existing, inner);
                    break;
                case "turn_detection" when value is JsonObject detection:
                    JsonObject merged = target[name] is JsonObject old && old["type"]!.GetValue<string>() == detection["type"]!.GetValue<string>()
                        ? (JsonObject)old.DeepClone()
                        : detection["type"]!.GetValue<string>() == "semantic_vad" ? DefaultSemanticVad() : DefaultServerVad();
                    Merge(merged, detection);
                    target[name] = merged;
                    break;
                case "model":
                    // The query decided; an update cannot change it.
                    break;
                default:
                    target[name] = value?.DeepClone();
                    break;
            }
        }
    }

    private static JsonObject Realtime(string id, string model, long expiresAt) => new()
    {
        ["type"] = "realtime",
        ["object"] = "realtime.session",
        ["id"] = id,
        ["model"] = model,
        ["output_modalities"] = new JsonArray("audio"),
        ["instructions"] = "Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI. Act like a human, but remember that you aren't a human.",
        ["tools"] = new JsonArray(),
        ["tool_choice"] = "auto",
        ["max_output_tokens"] = "inf",
        ["tracing"] = null,
        ["truncation"] = "auto",
        ["prompt"] = null,
        ["expires_at"] = expiresAt,
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["format"] = new JsonObject { ["type"] = "audio/pcm", ["rate"] = 24000 },
                ["transcription"] = null,
                ["noise_reduction"] = null,
                ["turn_detection"] = DefaultServerVad(),
            },
            ["output"] = new JsonObject
            {
                ["format"] = new JsonObject { ["type"] = "audio/pcm", ["rate"] = 24000 },
                ["voice"] = "marin",
                ["speed"] = 1.0,
            },
        },
        ["include"] = null,
    };

    private static JsonObject Transcription(string id, long expiresAt) => new()
    {
        ["type"] = "transcription",
        ["object"] = "realtime.transcription_session",
        ["id"] = id,
        ["expires_at"] = expiresAt,
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["format"] = new JsonObject { ["type"] = "audio/pcm", ["rate"] = 24000 },
                ["transcription"] = null,
                ["noise_reduction"] = null,
                ["turn_detection"] = new JsonObject { ["type"] = "server_vad", ["threshold"] = 0.5, ["prefix_padding_ms"] = 300, ["silence_duration_ms"] = 500 },
            },
        },
        ["include"] = null,
    };

    private void Read()
    {
        JsonNode audio = Effective["audio"]!;
        InputFormat = Format(audio["input"]?["format"]);
        OutputFormat = Format(audio["output"]?["format"]);
        Voice = audio["output"]?["voice"] is JsonValue voice ? voice.ToString() : "custom";
        TranscriptionModel = audio["input"]?["transcription"] is JsonObject transcription ? transcription["model"]?.ToString() ?? "whisper-1" : null;
        IncludesLogProbs = Effective["include"] is JsonArray include && include.Count > 0;
        IsTextOnly = Effective["output_modalities"] is JsonArray modalities && modalities.Count == 1 && modalities[0]!.GetValue<string>() == "text";
        TurnDetection = audio["input"]?["turn_detection"] is JsonObject detection ? RealtimeTurnDetection.From(detection) : null;
    }

    private static RealtimeWireFormat Format(JsonNode? format) => format?["type"]?.GetValue<string>() switch
    {
        "audio/pcmu" => RealtimeWireFormat.Pcmu,
        "audio/pcma" => RealtimeWireFormat.Pcma,
        _ => RealtimeWireFormat.Pcm24k,
    };
}
