namespace Concierge.Protocols.Realtime;

/// <summary>
/// One server event: its type and the flat fields that the bridge acts on. Spans point into the parsed bytes (or, when a text had escapes, into an array of its own)
/// and are valid as long as those. What is nested (sessions, responses, items, errors) is read by <see cref="RealtimeServerEvents"/>.
/// </summary>
public ref struct RealtimeServerEvent
{
    /// <summary>Which event it is.</summary>
    public RealtimeServerEventType Type { get; internal set; }

    /// <summary>The server's id of this event; empty when absent.</summary>
    public ReadOnlySpan<byte> EventId { get; internal set; }

    /// <summary>The response it belongs to; empty when absent (for <c>response.created</c> and <c>response.done</c> it is nested).</summary>
    public ReadOnlySpan<byte> ResponseId { get; internal set; }

    /// <summary>The item it belongs to; empty when absent.</summary>
    public ReadOnlySpan<byte> ItemId { get; internal set; }

    /// <summary>The function call it belongs to; empty when absent.</summary>
    public ReadOnlySpan<byte> CallId { get; internal set; }

    /// <summary>
    /// <c>delta</c>, the raw content of the JSON string: base64 text for <c>response.output_audio.delta</c> (decode it with <see cref="Base64Text"/>), text otherwise
    /// (read it with <see cref="RealtimeServerEvents.ReadText"/>).
    /// </summary>
    public ReadOnlySpan<byte> Delta { get; internal set; }

    /// <summary>Whether <see cref="Delta"/> contains JSON escapes.</summary>
    public bool DeltaHasEscapes { get; internal set; }

    /// <summary>Whether <see cref="Delta"/> was found to be strict base64 (<see cref="Base64Text.IsValid"/>) while its end was looked for; false says nothing.</summary>
    public bool DeltaIsBase64 { get; internal set; }

    /// <summary>The item's place in the response; 0 when absent.</summary>
    public int OutputIndex { get; internal set; }

    /// <summary>The part's place in the item; 0 when absent.</summary>
    public int ContentIndex { get; internal set; }

    /// <summary><c>audio_start_ms</c>: milliseconds of all audio appended in the session; −1 when absent.</summary>
    public long AudioStartMs { get; internal set; }

    /// <summary><c>audio_end_ms</c>: the same clock for <c>speech_stopped</c> and <c>timeout_triggered</c>, the item's own for <c>conversation.item.truncated</c>; −1 when absent.</summary>
    public long AudioEndMs { get; internal set; }
}
