namespace Concierge.Protocols.MediaStreams;

/// <summary>The <c>event</c> of a message from Twilio Media Streams (twilio.com/docs/voice/media-streams/websocket-messages).</summary>
public enum MediaStreamsEventType : byte
{
    /// <summary>An event this version does not know; to be ignored.</summary>
    Unknown,

    /// <summary><c>connected</c>: the first message; it carries no stream.</summary>
    Connected,

    /// <summary><c>start</c>: once, right after <c>connected</c>. Read it with <see cref="MediaStreamsParser.ParseStart"/>.</summary>
    Start,

    /// <summary><c>media</c>: audio of one track, usually 20 ms.</summary>
    Media,

    /// <summary><c>dtmf</c>: the caller pressed a key.</summary>
    Dtmf,

    /// <summary><c>mark</c>: a mark of ours has been played, or cleared.</summary>
    Mark,

    /// <summary><c>stop</c>: the stream or the call ended; the last message.</summary>
    Stop,
}
