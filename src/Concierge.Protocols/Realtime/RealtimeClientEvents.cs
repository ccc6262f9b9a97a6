using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// Client events of the Realtime API, GA dialect, but for audio (see <see cref="AppendAudioMessage"/>). Each method writes one whole event. Cold: per turn. An event id is
/// optional, at most 512 characters, and comes back only in the error that the event causes; the ids of items that the client makes are at most 32 characters; ids that
/// came from the server are of any length.
/// </summary>
public static class RealtimeClientEvents
{
    /// <summary>Characters that an event id may have.</summary>
    public const int MaximumEventIdLength = 512;

    /// <summary>Characters that the id of an item made by the client may have.</summary>
    public const int MaximumClientItemIdLength = 32;

    // JSON over a socket, never inside HTML: only what RFC 8259 §7 demands is escaped.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Finds out early what <see cref="WriteSessionUpdate"/> would refuse.</summary>
    /// <param name="config">What is to be written.</param>
    /// <exception cref="ArgumentException">A function's parameters are not a JSON object.</exception>
    public static void ThrowIfUnwritable(RealtimeSessionConfig config) => RealtimeToolWriter.ThrowIfUnwritable(config.Tools);

    /// <summary><c>session.update</c>: configures the session; answered by <c>session.updated</c>, or by an error and then nothing is applied.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="config">What to change.</param>
    /// <param name="eventId">The event's id.</param>
    /// <exception cref="ArgumentException">A function's parameters are not a JSON object, or the event id is too long.</exception>
    public static void WriteSessionUpdate(IBufferWriter<byte> output, RealtimeSessionConfig config, string? eventId = null)
    {
        RealtimeToolWriter.ThrowIfUnwritable(config.Tools);
        using Utf8JsonWriter json = Begin(output, "session.update"u8, eventId);
        RealtimeSessionWriter.WriteSession(json, config);
        json.WriteEndObject();
    }

    /// <summary><c>response.create</c>: asks for a response. Only one may be active in a conversation.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="instructions">Instructions for this response only; null: the session's.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteResponseCreate(IBufferWriter<byte> output, string? instructions = null, string? eventId = null) =>
        WriteResponseCreate(output, new RealtimeResponseConfig { Instructions = instructions }, eventId);

    /// <summary><c>response.create</c> with more to say about the response.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="config">What differs from the session.</param>
    /// <param name="eventId">The event's id.</param>
    /// <exception cref="ArgumentException">A function's parameters are not a JSON object, or the event id is too long.</exception>
    public static void WriteResponseCreate(IBufferWriter<byte> output, RealtimeResponseConfig config, string? eventId = null)
    {
        RealtimeToolWriter.ThrowIfUnwritable(config.Tools);
        using Utf8JsonWriter json = Begin(output, "response.create"u8, eventId);
        if (config != new RealtimeResponseConfig())
        {
            json.WriteStartObject("response"u8);
            RealtimeSessionWriter.WriteModality(json, config.OutputModality);
            RealtimeSessionWriter.WriteText(json, "instructions"u8, config.Instructions);
            if (config.OutputFormat is not null || config.Voice is not null)
            {
                json.WriteStartObject("audio"u8);
                RealtimeSessionWriter.WriteOutputAudio(json, config.OutputFormat, config.Voice, customVoiceId: null, speed: null);
                json.WriteEndObject();
            }

            RealtimeSessionWriter.WriteTools(json, config.Tools, config.ToolChoice, config.ParallelToolCalls);
            RealtimeSessionWriter.WriteReasoning(json, config.ReasoningEffort);
            RealtimeSessionWriter.WriteMaxOutputTokens(json, config.MaxOutputTokens);
            if (config.OutOfBand)
            {
                json.WriteString("conversation"u8, "none"u8);
            }

            RealtimeSessionWriter.WritePairs(json, "metadata"u8, config.Metadata);
            RealtimeSessionWriter.WritePrompt(json, config.Prompt);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary><c>response.cancel</c>: stops a response; answered by <c>response.done</c> with status cancelled, or by a harmless error when none is active.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="responseId">Which; null: the active one.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteResponseCancel(IBufferWriter<byte> output, string? responseId = null, string? eventId = null)
    {
        using Utf8JsonWriter json = Begin(output, "response.cancel"u8, eventId);
        RealtimeSessionWriter.WriteText(json, "response_id"u8, responseId);
        json.WriteEndObject();
    }

    /// <summary><c>conversation.item.truncate</c>: tells the model how much of an item was heard. Deletes the item's transcript at the server.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="itemId">The assistant's item, by the server's id.</param>
    /// <param name="contentIndex">The part, at least 0.</param>
    /// <param name="audioEndMs">What was played, in milliseconds: from 0 to the duration received. More is an error at the server.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteTruncate(IBufferWriter<byte> output, string itemId, int contentIndex, long audioEndMs, string? eventId = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contentIndex);
        ArgumentOutOfRangeException.ThrowIfNegative(audioEndMs);
        using Utf8JsonWriter json = Begin(output, "conversation.item.truncate"u8, eventId);
        json.WriteString("item_id"u8, itemId);
        json.WriteNumber("content_index"u8, contentIndex);
        json.WriteNumber("audio_end_ms"u8, audioEndMs);
        json.WriteEndObject();
    }

    /// <summary><c>conversation.item.delete</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="itemId">The item, by its id.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteItemDelete(IBufferWriter<byte> output, string itemId, string? eventId = null) =>
        WriteItemEvent(output, "conversation.item.delete"u8, itemId, eventId);

    /// <summary><c>conversation.item.retrieve</c>: answered with all the audio of the item, which is large.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="itemId">The item, by its id.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteItemRetrieve(IBufferWriter<byte> output, string itemId, string? eventId = null) =>
        WriteItemEvent(output, "conversation.item.retrieve"u8, itemId, eventId);

    /// <summary>A function's output, by <c>conversation.item.create</c>. The model speaks about it only after <c>response.create</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="callId">The call, by the server's id.</param>
    /// <param name="functionOutput">What the function says; JSON goes in as a string.</param>
    /// <param name="itemId">The new item's id; null: the server gives one.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteFunctionCallOutput(
        IBufferWriter<byte> output, string callId, string functionOutput, string? itemId = null, string? eventId = null)
    {
        using Utf8JsonWriter json = BeginItem(output, "function_call_output"u8, itemId, eventId);
        json.WriteString("call_id"u8, callId);
        json.WriteString("output"u8, functionOutput);
        EndItem(json);
    }

    /// <summary>A function call that was made before, to seed a new conversation.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="callId">The call's id, at most 32 characters.</param>
    /// <param name="name">The function.</param>
    /// <param name="arguments">Its arguments, JSON as a string.</param>
    /// <param name="itemId">The new item's id; null: the server gives one.</param>
    /// <param name="eventId">The event's id.</param>
    /// <exception cref="ArgumentException">An id is too long.</exception>
    public static void WriteFunctionCall(
        IBufferWriter<byte> output, string callId, string name, string arguments, string? itemId = null, string? eventId = null)
    {
        ThrowIfLonger(callId, MaximumClientItemIdLength, nameof(callId));
        using Utf8JsonWriter json = BeginItem(output, "function_call"u8, itemId, eventId);
        json.WriteString("call_id"u8, callId);
        json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, arguments);
        EndItem(json);
    }

    /// <summary>Words of the caller, as <c>input_text</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="text">The words.</param>
    /// <param name="itemId">The new item's id; null: the server gives one.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteUserText(IBufferWriter<byte> output, string text, string? itemId = null, string? eventId = null) =>
        WriteMessage(output, "user"u8, "input_text"u8, text, itemId, eventId);

    /// <summary>Words of the agent, as <c>output_text</c>; its audio cannot be seeded.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="text">The words.</param>
    /// <param name="itemId">The new item's id; null: the server gives one.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteAssistantText(IBufferWriter<byte> output, string text, string? itemId = null, string? eventId = null) =>
        WriteMessage(output, "assistant"u8, "output_text"u8, text, itemId, eventId);

    /// <summary>A note of the system to the model, as <c>input_text</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="text">The note.</param>
    /// <param name="itemId">The new item's id; null: the server gives one.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteSystemText(IBufferWriter<byte> output, string text, string? itemId = null, string? eventId = null) =>
        WriteMessage(output, "system"u8, "input_text"u8, text, itemId, eventId);

    /// <summary><c>input_audio_buffer.clear</c>: forgets the audio that is not committed.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteInputClear(IBufferWriter<byte> output, string? eventId = null)
    {
        using Utf8JsonWriter json = Begin(output, "input_audio_buffer.clear"u8, eventId);
        json.WriteEndObject();
    }

    /// <summary><c>input_audio_buffer.commit</c>: ends the caller's turn by hand. Makes no response; less than 100 ms of audio is an error.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="eventId">The event's id.</param>
    public static void WriteInputCommit(IBufferWriter<byte> output, string? eventId = null)
    {
        using Utf8JsonWriter json = Begin(output, "input_audio_buffer.commit"u8, eventId);
        json.WriteEndObject();
    }

    private static void WriteItemEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> type, string itemId, string? eventId)
    {
        using Utf8JsonWriter json = Begin(output, type, eventId);
        json.WriteString("item_id"u8, itemId);
        json.WriteEndObject();
    }

    private static void WriteMessage(
        IBufferWriter<byte> output, ReadOnlySpan<byte> role, ReadOnlySpan<byte> contentType, string text, string? itemId, string? eventId)
    {
        using Utf8JsonWriter json = BeginItem(output, "message"u8, itemId, eventId);
        json.WriteString("role"u8, role);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, contentType);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        EndItem(json);
    }

    private static Utf8JsonWriter BeginItem(IBufferWriter<byte> output, ReadOnlySpan<byte> itemType, string? itemId, string? eventId)
    {
        ThrowIfLonger(itemId, MaximumClientItemIdLength, nameof(itemId));
        Utf8JsonWriter json = Begin(output, "conversation.item.create"u8, eventId);
        json.WriteStartObject("item"u8);
        RealtimeSessionWriter.WriteText(json, "id"u8, itemId);
        json.WriteString("type"u8, itemType);
        return json;
    }

    private static void EndItem(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> type, string? eventId)
    {
        ThrowIfLonger(eventId, MaximumEventIdLength, nameof(eventId));
        var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        RealtimeSessionWriter.WriteText(json, "event_id"u8, eventId);
        return json;
    }

    private static void ThrowIfLonger(string? id, int most, string name)
    {
        if (id?.Length > most)
        {
            throw new ArgumentException($"The id has {id.Length} characters; the server takes at most {most}.", name);
        }
    }
}
