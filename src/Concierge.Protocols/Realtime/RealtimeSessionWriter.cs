using System.Text.Json;

namespace Concierge.Protocols.Realtime;

/// <summary>Writes the session object of <c>session.update</c> and the parts it shares with <c>response.create</c>.</summary>
internal static class RealtimeSessionWriter
{
    internal static void WriteSession(Utf8JsonWriter json, RealtimeSessionConfig config)
    {
        json.WriteStartObject("session"u8);

        // Without a type the server rejects the update, and audio then runs under its defaults.
        json.WriteString("type"u8, config.TranscriptionOnly ? "transcription"u8 : "realtime"u8);
        if (!config.TranscriptionOnly)
        {
            WriteModality(json, config.OutputModality);
            WriteText(json, "instructions"u8, config.Instructions);
        }

        WriteAudio(json, config);
        if (config.IncludeTranscriptionLogProbs)
        {
            json.WriteStartArray("include"u8);
            json.WriteStringValue("item.input_audio_transcription.logprobs"u8);
            json.WriteEndArray();
        }

        if (!config.TranscriptionOnly)
        {
            WriteTools(json, config.Tools, config.ToolChoice, config.ParallelToolCalls);
            WriteReasoning(json, config.ReasoningEffort);
            WriteMaxOutputTokens(json, config.MaxOutputTokens);
            WriteTruncation(json, config.Truncation);
            WriteTracing(json, config.Tracing);
            WritePrompt(json, config.Prompt);
        }

        json.WriteEndObject();
    }

    internal static void WriteModality(Utf8JsonWriter json, RealtimeModality? modality)
    {
        if (modality is { } one)
        {
            json.WriteStartArray("output_modalities"u8);
            json.WriteStringValue(one == RealtimeModality.Text ? "text"u8 : "audio"u8);
            json.WriteEndArray();
        }
    }

    internal static void WriteOutputAudio(Utf8JsonWriter json, RealtimeAudioFormat? format, string? voice, string? customVoiceId, double? speed)
    {
        if (format is null && voice is null && customVoiceId is null && speed is null)
        {
            return;
        }

        json.WriteStartObject("output"u8);
        WriteFormat(json, format);
        if (customVoiceId is not null)
        {
            json.WriteStartObject("voice"u8);
            json.WriteString("id"u8, customVoiceId);
            json.WriteEndObject();
        }
        else
        {
            WriteText(json, "voice"u8, voice);
        }

        if (speed is { } factor)
        {
            json.WriteNumber("speed"u8, factor);
        }

        json.WriteEndObject();
    }

    internal static void WriteTools(Utf8JsonWriter json, IReadOnlyList<RealtimeTool>? tools, RealtimeToolChoice? choice, bool? parallel)
    {
        if (tools is not null)
        {
            json.WriteStartArray("tools"u8);
            foreach (RealtimeTool tool in tools)
            {
                RealtimeToolWriter.Write(json, tool);
            }

            json.WriteEndArray();
        }

        if (choice is not null)
        {
            RealtimeToolWriter.WriteChoice(json, choice);
        }

        if (parallel is { } several)
        {
            json.WriteBoolean("parallel_tool_calls"u8, several);
        }
    }

    internal static void WriteReasoning(Utf8JsonWriter json, RealtimeReasoningEffort? effort)
    {
        if (effort is { } much)
        {
            json.WriteStartObject("reasoning"u8);
            json.WriteString("effort"u8, much switch
            {
                RealtimeReasoningEffort.Minimal => "minimal"u8,
                RealtimeReasoningEffort.Low => "low"u8,
                RealtimeReasoningEffort.Medium => "medium"u8,
                RealtimeReasoningEffort.High => "high"u8,
                _ => "xhigh"u8,
            });
            json.WriteEndObject();
        }
    }

    internal static void WriteMaxOutputTokens(Utf8JsonWriter json, int? tokens)
    {
        if (tokens == RealtimeSessionConfig.UnlimitedOutputTokens)
        {
            json.WriteString("max_output_tokens"u8, "inf"u8);
        }
        else if (tokens is { } most)
        {
            json.WriteNumber("max_output_tokens"u8, most);
        }
    }

    internal static void WritePrompt(Utf8JsonWriter json, RealtimePrompt? prompt)
    {
        if (prompt is null)
        {
            return;
        }

        json.WriteStartObject("prompt"u8);
        json.WriteString("id"u8, prompt.Id);
        WriteText(json, "version"u8, prompt.Version);
        WritePairs(json, "variables"u8, prompt.Variables);
        json.WriteEndObject();
    }

    internal static void WritePairs(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? pairs)
    {
        if (pairs is null)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            json.WriteString(pair.Key, pair.Value);
        }

        json.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteAudio(Utf8JsonWriter json, RealtimeSessionConfig config)
    {
        bool hasInput = config.InputFormat is not null || config.InputTranscription is not null || config.NoiseReduction is not null || config.TurnDetection is not null;
        bool hasOutput = !config.TranscriptionOnly
            && (config.OutputFormat is not null || config.Voice is not null || config.CustomVoiceId is not null || config.Speed is not null);
        if (!hasInput && !hasOutput)
        {
            return;
        }

        json.WriteStartObject("audio"u8);
        if (hasInput)
        {
            json.WriteStartObject("input"u8);
            WriteFormat(json, config.InputFormat);
            WriteTranscription(json, config.InputTranscription);
            WriteNoiseReduction(json, config.NoiseReduction);
            WriteTurnDetection(json, config.TurnDetection);
            json.WriteEndObject();
        }

        if (hasOutput)
        {
            WriteOutputAudio(json, config.OutputFormat, config.Voice, config.CustomVoiceId, config.Speed);
        }

        json.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter json, RealtimeAudioFormat? format)
    {
        if (format is not { } one)
        {
            return;
        }

        json.WriteStartObject("format"u8);
        json.WriteString("type"u8, one switch
        {
            RealtimeAudioFormat.Pcmu => "audio/pcmu"u8,
            RealtimeAudioFormat.Pcma => "audio/pcma"u8,
            _ => "audio/pcm"u8,
        });

        // The live service asks for a rate with audio/pcm and takes none with the other two.
        if (one == RealtimeAudioFormat.Pcm24k)
        {
            json.WriteNumber("rate"u8, 24000);
        }

        json.WriteEndObject();
    }

    private static void WriteTranscription(Utf8JsonWriter json, RealtimeTranscription? transcription)
    {
        if (transcription is null)
        {
            return;
        }

        if (transcription.Model is null)
        {
            json.WriteNull("transcription"u8);
            return;
        }

        json.WriteStartObject("transcription"u8);
        json.WriteString("model"u8, transcription.Model);
        WriteText(json, "language"u8, transcription.Language);
        RealtimeToolWriter.WriteList(json, "languages"u8, transcription.Languages);
        RealtimeToolWriter.WriteList(json, "keywords"u8, transcription.Keywords);
        WriteText(json, "prompt"u8, transcription.Prompt);
        WriteText(json, "delay"u8, transcription.Delay);
        json.WriteEndObject();
    }

    private static void WriteNoiseReduction(Utf8JsonWriter json, RealtimeNoiseReduction? reduction)
    {
        if (reduction is null)
        {
            return;
        }

        if (reduction.Type is null)
        {
            json.WriteNull("noise_reduction"u8);
            return;
        }

        json.WriteStartObject("noise_reduction"u8);
        json.WriteString("type"u8, reduction.Type);
        if (reduction.Strength is { } strength)
        {
            json.WriteNumber("strength"u8, strength);
        }

        json.WriteEndObject();
    }

    private static void WriteTurnDetection(Utf8JsonWriter json, RealtimeTurnDetection? detection)
    {
        if (detection is null)
        {
            return;
        }

        if (detection.Kind == RealtimeTurnDetectionKind.None)
        {
            json.WriteNull("turn_detection"u8);
            return;
        }

        json.WriteStartObject("turn_detection"u8);
        if (detection.Kind == RealtimeTurnDetectionKind.ServerVad)
        {
            json.WriteString("type"u8, "server_vad"u8);
            if (detection.Threshold is { } threshold)
            {
                json.WriteNumber("threshold"u8, threshold);
            }

            WriteNumber(json, "prefix_padding_ms"u8, detection.PrefixPaddingMs);
            WriteNumber(json, "silence_duration_ms"u8, detection.SilenceDurationMs);
            WriteNumber(json, "idle_timeout_ms"u8, detection.IdleTimeoutMs);
        }
        else
        {
            json.WriteString("type"u8, "semantic_vad"u8);
            if (detection.Eagerness is { } eagerness)
            {
                json.WriteString("eagerness"u8, eagerness switch
                {
                    RealtimeEagerness.Low => "low"u8,
                    RealtimeEagerness.Medium => "medium"u8,
                    RealtimeEagerness.High => "high"u8,
                    _ => "auto"u8,
                });
            }
        }

        if (detection.CreateResponse is { } create)
        {
            json.WriteBoolean("create_response"u8, create);
        }

        if (detection.InterruptResponse is { } interrupt)
        {
            json.WriteBoolean("interrupt_response"u8, interrupt);
        }

        json.WriteEndObject();
    }

    private static void WriteTruncation(Utf8JsonWriter json, RealtimeTruncation? truncation)
    {
        if (truncation is null)
        {
            return;
        }

        if (truncation.RetentionRatio is not { } ratio)
        {
            json.WriteString("truncation"u8, truncation.IsDisabled ? "disabled"u8 : "auto"u8);
            return;
        }

        json.WriteStartObject("truncation"u8);
        json.WriteString("type"u8, "retention_ratio"u8);
        json.WriteNumber("retention_ratio"u8, ratio);
        if (truncation.PostInstructionTokens is { } tokens)
        {
            json.WriteStartObject("token_limits"u8);
            json.WriteNumber("post_instructions"u8, tokens);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTracing(Utf8JsonWriter json, RealtimeTracing? tracing)
    {
        if (tracing is null)
        {
            return;
        }

        if (tracing.IsOff)
        {
            json.WriteNull("tracing"u8);
        }
        else if (tracing is { WorkflowName: null, GroupId: null, Metadata: null })
        {
            json.WriteString("tracing"u8, "auto"u8);
        }
        else
        {
            json.WriteStartObject("tracing"u8);
            WriteText(json, "workflow_name"u8, tracing.WorkflowName);
            WriteText(json, "group_id"u8, tracing.GroupId);
            WritePairs(json, "metadata"u8, tracing.Metadata);
            json.WriteEndObject();
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
