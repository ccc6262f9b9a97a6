namespace Concierge.Protocols.Realtime;

/// <summary>The names of the server events, both ways.</summary>
public static class RealtimeServerEventTypes
{
    /// <summary>The longest known name, in bytes.</summary>
    internal const int MaximumNameLength = 53;

    private static readonly string[] s_names =
    [
        "unknown",
        "conversation.created",
        "conversation.item.added",
        "conversation.item.created",
        "conversation.item.deleted",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.failed",
        "conversation.item.input_audio_transcription.segment",
        "conversation.item.retrieved",
        "conversation.item.truncated",
        "error",
        "input_audio_buffer.cleared",
        "input_audio_buffer.committed",
        "input_audio_buffer.dtmf_event_received",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.timeout_triggered",
        "mcp_list_tools.completed",
        "mcp_list_tools.failed",
        "mcp_list_tools.in_progress",
        "output_audio_buffer.cleared",
        "output_audio_buffer.started",
        "output_audio_buffer.stopped",
        "rate_limits.updated",
        "response.content_part.added",
        "response.content_part.done",
        "response.created",
        "response.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.mcp_call.completed",
        "response.mcp_call.failed",
        "response.mcp_call.in_progress",
        "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.output_item.added",
        "response.output_item.done",
        "response.output_text.delta",
        "response.output_text.done",
        "session.created",
        "session.updated",
        "transcription_session.updated",
    ];

    /// <summary>The wire name of an event, for logs and metric tags.</summary>
    /// <param name="type">A known event, or <see cref="RealtimeServerEventType.Unknown"/>.</param>
    /// <returns>The name; <c>unknown</c> for anything else.</returns>
    public static string Name(RealtimeServerEventType type) => (int)type < s_names.Length ? s_names[(int)type] : s_names[0];

    /// <summary>The event of a name.</summary>
    /// <param name="name">The unescaped <c>type</c> in UTF-8.</param>
    /// <returns><see cref="RealtimeServerEventType.Unknown"/> when the name is not known.</returns>
    public static RealtimeServerEventType Parse(ReadOnlySpan<byte> name)
    {
        // Lengths tell most names apart; at most eight share one.
        return name.Length switch
        {
            5 => name.SequenceEqual("error"u8) ? RealtimeServerEventType.Error
                : RealtimeServerEventType.Unknown,
            13 => name.SequenceEqual("response.done"u8) ? RealtimeServerEventType.ResponseDone
                : RealtimeServerEventType.Unknown,
            15 => name.SequenceEqual("session.created"u8) ? RealtimeServerEventType.SessionCreated
                : name.SequenceEqual("session.updated"u8) ? RealtimeServerEventType.SessionUpdated
                : RealtimeServerEventType.Unknown,
            16 => name.SequenceEqual("response.created"u8) ? RealtimeServerEventType.ResponseCreated
                : RealtimeServerEventType.Unknown,
            19 => name.SequenceEqual("rate_limits.updated"u8) ? RealtimeServerEventType.RateLimitsUpdated
                : RealtimeServerEventType.Unknown,
            20 => name.SequenceEqual("conversation.created"u8) ? RealtimeServerEventType.ConversationCreated
                : RealtimeServerEventType.Unknown,
            21 => name.SequenceEqual("mcp_list_tools.failed"u8) ? RealtimeServerEventType.McpListToolsFailed
                : RealtimeServerEventType.Unknown,
            22 => name.SequenceEqual("conversation.item.done"u8) ? RealtimeServerEventType.ConversationItemDone
                : RealtimeServerEventType.Unknown,
            23 => name.SequenceEqual("conversation.item.added"u8) ? RealtimeServerEventType.ConversationItemAdded
                : RealtimeServerEventType.Unknown,
            24 => name.SequenceEqual("mcp_list_tools.completed"u8) ? RealtimeServerEventType.McpListToolsCompleted
                : name.SequenceEqual("response.mcp_call.failed"u8) ? RealtimeServerEventType.ResponseMcpCallFailed
                : RealtimeServerEventType.Unknown,
            25 => name.SequenceEqual("conversation.item.created"u8) ? RealtimeServerEventType.ConversationItemCreated
                : name.SequenceEqual("conversation.item.deleted"u8) ? RealtimeServerEventType.ConversationItemDeleted
                : name.SequenceEqual("response.output_item.done"u8) ? RealtimeServerEventType.ResponseOutputItemDone
                : name.SequenceEqual("response.output_text.done"u8) ? RealtimeServerEventType.ResponseOutputTextDone
                : RealtimeServerEventType.Unknown,
            26 => name.SequenceEqual("input_audio_buffer.cleared"u8) ? RealtimeServerEventType.InputAudioBufferCleared
                : name.SequenceEqual("mcp_list_tools.in_progress"u8) ? RealtimeServerEventType.McpListToolsInProgress
                : name.SequenceEqual("response.content_part.done"u8) ? RealtimeServerEventType.ResponseContentPartDone
                : name.SequenceEqual("response.output_audio.done"u8) ? RealtimeServerEventType.ResponseOutputAudioDone
                : name.SequenceEqual("response.output_item.added"u8) ? RealtimeServerEventType.ResponseOutputItemAdded
                : name.SequenceEqual("response.output_text.delta"u8) ? RealtimeServerEventType.ResponseOutputTextDelta
                : RealtimeServerEventType.Unknown,
            27 => name.SequenceEqual("conversation.item.retrieved"u8) ? RealtimeServerEventType.ConversationItemRetrieved
                : name.SequenceEqual("conversation.item.truncated"u8) ? RealtimeServerEventType.ConversationItemTruncated
                : name.SequenceEqual("output_audio_buffer.cleared"u8) ? RealtimeServerEventType.OutputAudioBufferCleared
                : name.SequenceEqual("output_audio_buffer.started"u8) ? RealtimeServerEventType.OutputAudioBufferStarted
                : name.SequenceEqual("output_audio_buffer.stopped"u8) ? RealtimeServerEventType.OutputAudioBufferStopped
                : name.SequenceEqual("response.content_part.added"u8) ? RealtimeServerEventType.ResponseContentPartAdded
                : name.SequenceEqual("response.mcp_call.completed"u8) ? RealtimeServerEventType.ResponseMcpCallCompleted
                : name.SequenceEqual("response.output_audio.delta"u8) ? RealtimeServerEventType.ResponseOutputAudioDelta
                : RealtimeServerEventType.Unknown,
            28 => name.SequenceEqual("input_audio_buffer.committed"u8) ? RealtimeServerEventType.InputAudioBufferCommitted
                : RealtimeServerEventType.Unknown,
            29 => name.SequenceEqual("response.mcp_call.in_progress"u8) ? RealtimeServerEventType.ResponseMcpCallInProgress
                : name.SequenceEqual("transcription_session.updated"u8) ? RealtimeServerEventType.TranscriptionSessionUpdated
                : RealtimeServerEventType.Unknown,
            32 => name.SequenceEqual("response.mcp_call_arguments.done"u8) ? RealtimeServerEventType.ResponseMcpCallArgumentsDone
                : RealtimeServerEventType.Unknown,
            33 => name.SequenceEqual("input_audio_buffer.speech_started"u8) ? RealtimeServerEventType.InputAudioBufferSpeechStarted
                : name.SequenceEqual("input_audio_buffer.speech_stopped"u8) ? RealtimeServerEventType.InputAudioBufferSpeechStopped
                : name.SequenceEqual("response.mcp_call_arguments.delta"u8) ? RealtimeServerEventType.ResponseMcpCallArgumentsDelta
                : RealtimeServerEventType.Unknown,
            36 => name.SequenceEqual("input_audio_buffer.timeout_triggered"u8) ? RealtimeServerEventType.InputAudioBufferTimeoutTriggered
                : RealtimeServerEventType.Unknown,
            37 => name.SequenceEqual("response.function_call_arguments.done"u8) ? RealtimeServerEventType.ResponseFunctionCallArgumentsDone
                : name.SequenceEqual("response.output_audio_transcript.done"u8) ? RealtimeServerEventType.ResponseOutputAudioTranscriptDone
                : RealtimeServerEventType.Unknown,
            38 => name.SequenceEqual("input_audio_buffer.dtmf_event_received"u8) ? RealtimeServerEventType.InputAudioBufferDtmfEventReceived
                : name.SequenceEqual("response.function_call_arguments.delta"u8) ? RealtimeServerEventType.ResponseFunctionCallArgumentsDelta
                : name.SequenceEqual("response.output_audio_transcript.delta"u8) ? RealtimeServerEventType.ResponseOutputAudioTranscriptDelta
                : RealtimeServerEventType.Unknown,
            49 => name.SequenceEqual("conversation.item.input_audio_transcription.delta"u8) ? RealtimeServerEventType.ConversationItemInputAudioTranscriptionDelta
                : RealtimeServerEventType.Unknown,
            50 => name.SequenceEqual("conversation.item.input_audio_transcription.failed"u8) ? RealtimeServerEventType.ConversationItemInputAudioTranscriptionFailed
                : RealtimeServerEventType.Unknown,
            51 => name.SequenceEqual("conversation.item.input_audio_transcription.segment"u8) ? RealtimeServerEventType.ConversationItemInputAudioTranscriptionSegment
                : RealtimeServerEventType.Unknown,
            53 => name.SequenceEqual("conversation.item.input_audio_transcription.completed"u8) ? RealtimeServerEventType.ConversationItemInputAudioTranscriptionCompleted
                : RealtimeServerEventType.Unknown,
            _ => RealtimeServerEventType.Unknown,
        };
    }
}
