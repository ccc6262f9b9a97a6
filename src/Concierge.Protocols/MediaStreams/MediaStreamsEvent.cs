namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// One message from the carrier. Spans point into the parsed bytes (or, when a text had escapes, into an array of its own) and are valid as long as those.
/// Which members are set depends on <see cref="Type"/>; the others are empty, −1 or 0.
/// </summary>
public ref struct MediaStreamsEvent
{
    /// <summary>Which event it is.</summary>
    public MediaStreamsEventType Type { get; internal set; }

    /// <summary>The stream's id, unescaped; set for every known event but <see cref="MediaStreamsEventType.Connected"/>.</summary>
    public ReadOnlySpan<byte> StreamSid { get; internal set; }

    /// <summary>Counts every message but <c>connected</c>, from 1; −1 when absent.</summary>
    public long SequenceNumber { get; internal set; }

    /// <summary><c>media</c>: counts the track's frames from 1; −1 when absent.</summary>
    public long Chunk { get; internal set; }

    /// <summary><c>media</c>: milliseconds since the stream began; −1 when absent.</summary>
    public long TimestampMs { get; internal set; }

    /// <summary><c>media</c>: base64 text of headerless mu-law, as it stands on the wire; decode it with <see cref="Base64Text"/>.</summary>
    public ReadOnlySpan<byte> Payload { get; internal set; }

    /// <summary>Whether <see cref="Payload"/> contains JSON escapes, which forbids copying it as it stands into anything but a JSON string.</summary>
    public bool PayloadHasEscapes { get; internal set; }

    /// <summary>Whether <see cref="Payload"/> was found to be strict base64 (<see cref="Base64Text.IsValid"/>) while its end was looked for; false says nothing.</summary>
    public bool PayloadIsBase64 { get; internal set; }

    /// <summary><c>media</c>: <c>inbound</c> or <c>outbound</c>; <c>dtmf</c>: <c>inbound_track</c>; unescaped, empty when absent.</summary>
    public ReadOnlySpan<byte> Track { get; internal set; }

    /// <summary><c>mark</c>: the name we gave, unescaped.</summary>
    public ReadOnlySpan<byte> MarkName { get; internal set; }

    /// <summary><c>dtmf</c>: one of <c>0-9 * # A-D</c> in ASCII; 0 otherwise.</summary>
    public byte Digit { get; internal set; }
}
