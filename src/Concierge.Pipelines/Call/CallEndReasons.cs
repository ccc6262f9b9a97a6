namespace Concierge.Pipelines;

/// <summary>What follows from a <see cref="CallEndReason"/>: close codes towards both far ends, a name and a sentence.</summary>
public static class CallEndReasons
{
    /// <summary>The WebSocket close code sent to the carrier (RFC 6455 §7.4.1).</summary>
    public static int CarrierCloseCode(this CallEndReason reason) => reason switch
    {
        CallEndReason.CarrierProtocolError => 1002,
        CallEndReason.CarrierUnsupportedFormat => 1003,
        CallEndReason.CarrierBadMessage or CallEndReason.CarrierStartTimeout or CallEndReason.CarrierSilent
            or CallEndReason.CarrierUnauthorized => 1008,
        CallEndReason.Draining => 1001,
        CallEndReason.ModelRefused or CallEndReason.ModelTimeout or CallEndReason.ModelFatalError or CallEndReason.ModelClosed
            or CallEndReason.ModelDisconnected or CallEndReason.ModelProtocolError or CallEndReason.ModelFormatMismatch or CallEndReason.ModelSilent
            or CallEndReason.PlaybackOverflow or CallEndReason.ControllerFailed or CallEndReason.Internal => 1011,
        _ => 1000,
    };

    /// <summary>The WebSocket close code sent to the model's server.</summary>
    public static int ModelCloseCode(this CallEndReason reason) => reason switch
    {
        CallEndReason.ModelProtocolError => 1002,
        CallEndReason.Draining => 1001,
        _ => 1000,
    };

    /// <summary>Whether the call goes on at this node or another of its fleet, in a new stream: what is over is this stream and its session.</summary>
    public static bool GoesOn(this CallEndReason reason) => reason is CallEndReason.KeysPressed;

    /// <summary>Whether the call ended as calls should: somebody hung up, or the node was told to stop.</summary>
    public static bool IsOrderly(this CallEndReason reason) =>
        reason is CallEndReason.CarrierStopped or CallEndReason.CarrierClosed or CallEndReason.AgentEnded or CallEndReason.Draining
            or CallEndReason.CallerIdle or CallEndReason.LengthLimit or CallEndReason.HoldLimit or CallEndReason.Transferred or CallEndReason.KeysPressed;

    /// <summary>The reason as a metric tag and log field, for instance <c>model_fatal_error</c>.</summary>
    public static string Name(this CallEndReason reason) => reason switch
    {
        CallEndReason.None => "none",
        CallEndReason.CarrierStopped => "carrier_stopped",
        CallEndReason.CarrierClosed => "carrier_closed",
        CallEndReason.CarrierDisconnected => "carrier_disconnected",
        CallEndReason.CarrierProtocolError => "carrier_protocol_error",
        CallEndReason.CarrierBadMessage => "carrier_bad_message",
        CallEndReason.CarrierUnsupportedFormat => "carrier_unsupported_format",
        CallEndReason.CarrierStartTimeout => "carrier_start_timeout",
        CallEndReason.CarrierSilent => "carrier_silent",
        CallEndReason.CarrierUnauthorized => "carrier_unauthorized",
        CallEndReason.ModelRefused => "model_refused",
        CallEndReason.ModelTimeout => "model_timeout",
        CallEndReason.ModelFatalError => "model_fatal_error",
        CallEndReason.ModelClosed => "model_closed",
        CallEndReason.ModelDisconnected => "model_disconnected",
        CallEndReason.ModelProtocolError => "model_protocol_error",
        CallEndReason.ModelFormatMismatch => "model_format_mismatch",
        CallEndReason.PlaybackOverflow => "playback_overflow",
        CallEndReason.AgentEnded => "agent_ended",
        CallEndReason.AgentEndedUnheard => "agent_ended_unheard",
        CallEndReason.Draining => "draining",
        CallEndReason.ControllerFailed => "controller_failed",
        CallEndReason.CallerIdle => "caller_idle",
        CallEndReason.LengthLimit => "length_limit",
        CallEndReason.HoldLimit => "hold_limit",
        CallEndReason.Transferred => "transferred",
        CallEndReason.ModelSilent => "model_silent",
        CallEndReason.KeysPressed => "keys_pressed",
        _ => "internal",
    };

    /// <summary>What happened and what to do about it, in one sentence for an operator.</summary>
    public static string Describe(this CallEndReason reason) => reason switch
    {
        CallEndReason.None => "The call is still up.",
        CallEndReason.CarrierStopped => "The call was hung up at the carrier's side.",
        CallEndReason.CarrierClosed => "The carrier closed the stream.",
        CallEndReason.CarrierDisconnected => "The carrier's connection broke; look at the network between the carrier and this node.",
        CallEndReason.CarrierProtocolError => "The carrier broke the WebSocket protocol; check what sits between it and this node.",
        CallEndReason.CarrierBadMessage => "The stream's messages were not those of Twilio Media Streams; check who connects to /media-stream.",
        CallEndReason.CarrierUnsupportedFormat => "The stream is not audio/x-mulaw at 8000 Hz with one channel; use a plain <Connect><Stream>.",
        CallEndReason.CarrierStartTimeout => "The stream never sent its start message; check who connects to /media-stream.",
        CallEndReason.CarrierSilent => "The carrier went silent without closing; look at the network between the carrier and this node.",
        CallEndReason.CarrierUnauthorized => "The stream carried no valid one-time token; streams must come from this node's own TwiML.",
        CallEndReason.ModelRefused => "The Realtime API could not be reached or refused the connection; check REALTIME_URL and the network.",
        CallEndReason.ModelTimeout => "The Realtime API did not answer in time; check REALTIME_URL and the service's status.",
        CallEndReason.ModelFatalError => "The Realtime API refused the session; check OPENAI_API_KEY, the account and REALTIME_MODEL.",
        CallEndReason.ModelClosed => "The Realtime API closed the session in mid-call.",
        CallEndReason.ModelDisconnected => "The connection to the Realtime API broke; look at the network between this node and it.",
        CallEndReason.ModelProtocolError => "The Realtime API broke the WebSocket protocol or a size limit; check REALTIME_URL.",
        CallEndReason.ModelFormatMismatch => "The Realtime API did not accept the audio formats asked for; nothing was played. Check AUDIO_MODE and REALTIME_MODEL.",
        CallEndReason.PlaybackOverflow => "The model sent more audio than the playback buffer holds; raise the limit or shorten the answers.",
        CallEndReason.AgentEnded => "The agent ended the call after its last words were heard.",
        CallEndReason.AgentEndedUnheard => "The agent ended the call; the carrier did not confirm its last words in time.",
        CallEndReason.Draining => "The node is shutting down.",
        CallEndReason.CallerIdle => "Nobody spoke at the other end; the agent asked, said goodbye and hung up.",
        CallEndReason.LengthLimit => "The call reached its longest permitted length.",
        CallEndReason.HoldLimit => "The other side kept the call on hold for longer than it is waited for.",
        CallEndReason.Transferred => "The call was handed over.",
        CallEndReason.KeysPressed => "The carrier took the call out of the stream to press keys; it goes on in a new stream.",
        CallEndReason.ModelSilent => "The model took the caller's words and gave no answer, in several sessions; check the Realtime API's status and REALTIME_MODEL.",
        CallEndReason.ControllerFailed => "The call's controller failed; the log line before this one says how.",
        _ => "A fault of this program; the log line before this one says where. Please report it.",
    };
}
