using System.Text.Json;
using Concierge.Protocols.Realtime;

namespace Concierge.Agents.Files;

/// <summary>The model's settings of an agent in a file.</summary>
internal static class AgentFileModel
{
    public static AgentModelSettings Read(JsonElement agent)
    {
        var settings = new AgentModelSettings { Voice = agent.Text("voice") };
        if (!agent.TryGetProperty("model", out JsonElement model))
        {
            return settings;
        }

        return settings with
        {
            Model = model.Text("name"),
            Temperature = model.Number("temperature"),
            Speed = model.Number("speed"),
            MaxOutputTokens = (int?)model.Number("max_output_tokens"),
            ParallelToolCalls = model.TryGetProperty("parallel_tool_calls", out JsonElement parallel) ? parallel.GetBoolean() : null,
            ToolChoice = model.Text("tool_choice") switch
            {
                "none" => RealtimeToolChoice.None,
                "required" => RealtimeToolChoice.Required,
                "auto" => RealtimeToolChoice.Auto,
                _ => null,
            },
            ReasoningEffort = model.Text("reasoning_effort") switch
            {
                "minimal" => RealtimeReasoningEffort.Minimal,
                "low" => RealtimeReasoningEffort.Low,
                "medium" => RealtimeReasoningEffort.Medium,
                "high" => RealtimeReasoningEffort.High,
                "xhigh" => RealtimeReasoningEffort.XHigh,
                _ => null,
            },
            TurnDetection = ReadTurns(model),
            Transcription = model.Text("language") is { } language ? new RealtimeTranscription("gpt-transcribe") { Language = language } : null,
            NoiseReduction = model.Text("noise_reduction") switch
            {
                "near_field" => new RealtimeNoiseReduction("near_field"),
                "far_field" => new RealtimeNoiseReduction("far_field"),
                _ => null,
            },
        };
    }

    private static RealtimeTurnDetection? ReadTurns(JsonElement model)
    {
        int? silence = (int?)model.Number("silence_ms"), idle = (int?)model.Number("idle_timeout_ms");
        return model.Text("turn_detection") switch
        {
            "semantic_vad" => RealtimeTurnDetection.SemanticVad,
            null when silence is null && idle is null => null,
            _ => RealtimeTurnDetection.ServerVad with { Threshold = 0.5, PrefixPaddingMs = 300, SilenceDurationMs = silence ?? 500, IdleTimeoutMs = idle },
        };
    }
}
