namespace Concierge.Protocols.Realtime;

/// <summary>The <c>type</c> of a server event (OpenAI Realtime API reference, server events, GA dialect).</summary>
public enum RealtimeServerEventType : byte
{
    /// <summary>An event this version does not know; to be ignored.</summary>
    Unknown,

    /// <summary><c>conversation.created</c>: the conversation exists; declared, not seen in the GA dialect.</summary>
    ConversationCreated,

    /// <summary><c>conversation.item.added</c>: an item entered the conversation.</summary>
    ConversationItemAdded,

    /// <summary><c>conversation.item.created</c>: the beta's name for added; still declared.</summary>
    ConversationItemCreated,

    /// <summary><c>conversation.item.deleted</c>: an item is gone.</summary>
    ConversationItemDeleted,

    /// <summary><c>conversation.item.done</c>: an item is final.</summary>
    ConversationItemDone,

    /// <summary><c>conversation.item.input_audio_transcription.completed</c>: what the caller said, whole; asynchronous to everything else.</summary>
    ConversationItemInputAudioTranscriptionCompleted,

    /// <summary><c>conversation.item.input_audio_transcription.delta</c>: a piece of what the caller said.</summary>
    ConversationItemInputAudioTranscriptionDelta,

    /// <summary><c>conversation.item.input_audio_transcription.failed</c>: the caller's words could not be transcribed.</summary>
    ConversationItemInputAudioTranscriptionFailed,

    /// <summary><c>conversation.item.input_audio_transcription.segment</c>: a diarised segment.</summary>
    ConversationItemInputAudioTranscriptionSegment,

    /// <summary><c>conversation.item.retrieved</c>: the answer to a retrieve; the largest event there is.</summary>
    ConversationItemRetrieved,

    /// <summary><c>conversation.item.truncated</c>: the answer to a truncate.</summary>
    ConversationItemTruncated,

    /// <summary><c>error</c>: something failed; most are recoverable.</summary>
    Error,

    /// <summary><c>input_audio_buffer.cleared</c>: the answer to a clear.</summary>
    InputAudioBufferCleared,

    /// <summary><c>input_audio_buffer.committed</c>: a user item is coming.</summary>
    InputAudioBufferCommitted,

    /// <summary><c>input_audio_buffer.dtmf_event_received</c>: SIP only; the one event without an event_id.</summary>
    InputAudioBufferDtmfEventReceived,

    /// <summary><c>input_audio_buffer.speech_started</c>: the caller began to speak: barge-in.</summary>
    InputAudioBufferSpeechStarted,

    /// <summary><c>input_audio_buffer.speech_stopped</c>: the caller stopped speaking.</summary>
    InputAudioBufferSpeechStopped,

    /// <summary><c>input_audio_buffer.timeout_triggered</c>: nobody spoke for idle_timeout_ms.</summary>
    InputAudioBufferTimeoutTriggered,

    /// <summary><c>mcp_list_tools.completed</c>: the tools of an MCP server are known.</summary>
    McpListToolsCompleted,

    /// <summary><c>mcp_list_tools.failed</c>: the tools of an MCP server could not be listed.</summary>
    McpListToolsFailed,

    /// <summary><c>mcp_list_tools.in_progress</c>: the tools of an MCP server are being listed.</summary>
    McpListToolsInProgress,

    /// <summary><c>output_audio_buffer.cleared</c>: WebRTC and SIP only.</summary>
    OutputAudioBufferCleared,

    /// <summary><c>output_audio_buffer.started</c>: WebRTC and SIP only.</summary>
    OutputAudioBufferStarted,

    /// <summary><c>output_audio_buffer.stopped</c>: WebRTC and SIP only.</summary>
    OutputAudioBufferStopped,

    /// <summary><c>rate_limits.updated</c>: what is left of the rate limits; may come anywhere.</summary>
    RateLimitsUpdated,

    /// <summary><c>response.content_part.added</c>: a content part begins.</summary>
    ResponseContentPartAdded,

    /// <summary><c>response.content_part.done</c>: a content part ends.</summary>
    ResponseContentPartDone,

    /// <summary><c>response.created</c>: a response begins.</summary>
    ResponseCreated,

    /// <summary><c>response.done</c>: a response ended, however it ended; once per response.</summary>
    ResponseDone,

    /// <summary><c>response.function_call_arguments.delta</c>: a piece of a function call's arguments.</summary>
    ResponseFunctionCallArgumentsDelta,

    /// <summary><c>response.function_call_arguments.done</c>: a function call's arguments, cut short when the response was cancelled.</summary>
    ResponseFunctionCallArgumentsDone,

    /// <summary><c>response.mcp_call.completed</c>: a call on an MCP server succeeded.</summary>
    ResponseMcpCallCompleted,

    /// <summary><c>response.mcp_call.failed</c>: a call on an MCP server failed.</summary>
    ResponseMcpCallFailed,

    /// <summary><c>response.mcp_call.in_progress</c>: a call on an MCP server runs.</summary>
    ResponseMcpCallInProgress,

    /// <summary><c>response.mcp_call_arguments.delta</c>: a piece of an MCP call's arguments.</summary>
    ResponseMcpCallArgumentsDelta,

    /// <summary><c>response.mcp_call_arguments.done</c>: an MCP call's arguments, whole.</summary>
    ResponseMcpCallArgumentsDone,

    /// <summary><c>response.output_audio.delta</c>: the agent's voice: the hot event.</summary>
    ResponseOutputAudioDelta,

    /// <summary><c>response.output_audio.done</c>: the audio of one content part ended, or was interrupted.</summary>
    ResponseOutputAudioDone,

    /// <summary><c>response.output_audio_transcript.delta</c>: a piece of what the agent says; runs ahead of the audio.</summary>
    ResponseOutputAudioTranscriptDelta,

    /// <summary><c>response.output_audio_transcript.done</c>: what the agent said, whole.</summary>
    ResponseOutputAudioTranscriptDone,

    /// <summary><c>response.output_item.added</c>: a response's item begins.</summary>
    ResponseOutputItemAdded,

    /// <summary><c>response.output_item.done</c>: a response's item ended.</summary>
    ResponseOutputItemDone,

    /// <summary><c>response.output_text.delta</c>: a piece of a text answer.</summary>
    ResponseOutputTextDelta,

    /// <summary><c>response.output_text.done</c>: a text answer, whole.</summary>
    ResponseOutputTextDone,

    /// <summary><c>session.created</c>: the first event.</summary>
    SessionCreated,

    /// <summary><c>session.updated</c>: the full effective configuration after an update.</summary>
    SessionUpdated,

    /// <summary><c>transcription_session.updated</c>: legacy.</summary>
    TranscriptionSessionUpdated,
}
