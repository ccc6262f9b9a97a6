namespace Concierge.WebSockets;

/// <summary>Close codes (RFC 6455 §7.4 and the IANA registry) and the map from <see cref="WebSocketError"/> to them.</summary>
public static class WebSocketErrors
{
    /// <summary>The purpose was fulfilled.</summary>
    public const int NormalClosure = 1000;

    /// <summary>An endpoint goes away.</summary>
    public const int GoingAway = 1001;

    /// <summary>A protocol error.</summary>
    public const int ProtocolError = 1002;

    /// <summary>A type of data that is not accepted.</summary>
    public const int UnsupportedData = 1003;

    /// <summary>Local only: a close frame came without a code. Never on the wire.</summary>
    public const int NoStatusReceived = 1005;

    /// <summary>Local only: the connection ended without a close frame. Never on the wire.</summary>
    public const int AbnormalClosure = 1006;

    /// <summary>Data that does not fit its type: text that is not UTF-8.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>A message against the endpoint's policy.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>A message too big to process.</summary>
    public const int MessageTooBig = 1009;

    /// <summary>The endpoint met a condition that it did not expect.</summary>
    public const int InternalError = 1011;

    /// <summary>The close code of an error; 1006 for those that end the connection without a close frame, 1000 for none.</summary>
    public static int CloseCode(WebSocketError error) => error switch
    {
        WebSocketError.None => NormalClosure,
        WebSocketError.InvalidUtf8 or WebSocketError.CloseReasonInvalid => InvalidPayload,
        WebSocketError.FrameTooBig or WebSocketError.MessageTooBig => MessageTooBig,
        WebSocketError.TooManyFragments or WebSocketError.PolicyViolation => PolicyViolation,
        WebSocketError.UnsupportedData => UnsupportedData,
        WebSocketError.InternalError => InternalError,
        WebSocketError.GoingAway => GoingAway,
        WebSocketError.PeerSilent or WebSocketError.Truncated or WebSocketError.TransportFailed => AbnormalClosure,
        _ => ProtocolError,
    };

    /// <summary>Whether a code may appear in a close frame, sent or received (§7.4.1, §7.4.2 and the IANA registry up to 1014).</summary>
    /// <param name="code">The code, 0 to 65535.</param>
    public static bool IsLegalCloseCode(int code) => code switch
    {
        >= 1000 and <= 1003 => true,
        >= 1007 and <= 1014 => true,
        >= 3000 and <= 4999 => true,
        _ => false,
    };

    /// <summary>Whether the error is answered with a close frame; transport errors are not.</summary>
    internal static bool IsAnswered(WebSocketError error) => CloseCode(error) != AbnormalClosure && error != WebSocketError.None;
}
