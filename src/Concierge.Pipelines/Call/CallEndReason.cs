namespace Concierge.Pipelines;

/// <summary>Why a call's media session ended. The first cause wins; log, metric, close codes and outcome all derive from it.</summary>
public enum CallEndReason : byte
{
    /// <summary>The call has not ended.</summary>
    None,

    /// <summary>The carrier sent <c>stop</c>: the person hung up, or the call was ended at the carrier.</summary>
    CarrierStopped,

    /// <summary>The carrier closed its WebSocket without a <c>stop</c>.</summary>
    CarrierClosed,

    /// <summary>The carrier's connection broke without a close frame.</summary>
    CarrierDisconnected,

    /// <summary>The carrier broke RFC 6455.</summary>
    CarrierProtocolError,

    /// <summary>The carrier's messages were malformed, out of order, or of another stream.</summary>
    CarrierBadMessage,

    /// <summary>The stream's media format is not one this bridge carries (mu-law, 8000 Hz, one channel).</summary>
    CarrierUnsupportedFormat,

    /// <summary>No <c>start</c> arrived in time.</summary>
    CarrierStartTimeout,

    /// <summary>No media and no pong for longer than the limit: the carrier is half-open.</summary>
    CarrierSilent,

    /// <summary>The stream's token is missing, wrong, expired or already used.</summary>
    CarrierUnauthorized,

    /// <summary>The model's server could not be reached, or refused the upgrade.</summary>
    ModelRefused,

    /// <summary>The model's server accepted the connection and did not answer in time.</summary>
    ModelTimeout,

    /// <summary>The model's server reported an error that no retry mends: key, quota, account, dialect.</summary>
    ModelFatalError,

    /// <summary>The model's server closed the session.</summary>
    ModelClosed,

    /// <summary>The model's connection broke without a close frame.</summary>
    ModelDisconnected,

    /// <summary>The model's server broke RFC 6455 or sent a message over the limit.</summary>
    ModelProtocolError,

    /// <summary>The session's audio formats are not those asked for; nothing was forwarded.</summary>
    ModelFormatMismatch,

    /// <summary>The model sent more audio than the playback buffer may hold.</summary>
    PlaybackOverflow,

    /// <summary>The agent ended the call, and its last words were heard.</summary>
    AgentEnded,

    /// <summary>The agent ended the call, and its last words were not confirmed as heard within the limit.</summary>
    AgentEndedUnheard,

    /// <summary>The node is shutting down.</summary>
    Draining,

    /// <summary>The controller could not take the call, failed, or fell too far behind.</summary>
    ControllerFailed,

    /// <summary>A fault of this program.</summary>
    Internal,

    /// <summary>Nobody spoke at the other end, however often the agent asked.</summary>
    CallerIdle,

    /// <summary>The call reached its longest permitted length.</summary>
    LengthLimit,

    /// <summary>The other side kept the call on hold for longer than it is waited for.</summary>
    HoldLimit,

    /// <summary>The call was handed to somebody else.</summary>
    Transferred,

    /// <summary>The model owed answers and gave none, in one session after another.</summary>
    ModelSilent,

    /// <summary>The carrier took the call out of the stream to press keys; the call goes on in a new stream.</summary>
    KeysPressed,
}
