using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Upstream;

/// <summary>What the ends of a model's connection mean (PROTOCOL B.2, B.10).</summary>
internal static class ModelEnds
{
    /// <summary>The loss that a reader's last status stands for.</summary>
    public static ModelLoss Of(WebSocketReader reader, WebSocketReadStatus status) => status switch
    {
        // 3000 and 4000 carry invalid_request_error.*: nothing that trying again could mend.
        WebSocketReadStatus.Close => new ModelLoss(
            reader.CloseCode is 3000 or 4000 ? CallEndReason.ModelFatalError : CallEndReason.ModelClosed, $"Close code {reader.CloseCode}: {reader.CloseReason}"),
        WebSocketReadStatus.Error => new ModelLoss(CallEndReason.ModelProtocolError, $"{reader.Error}."),
        _ => new ModelLoss(CallEndReason.ModelDisconnected, "The connection ended without a close frame."),
    };

    /// <summary>The reason that an <c>error</c> before the session is ready stands for.</summary>
    public static CallEndReason ReasonOfRefusal(RealtimeErrorInfo? error) => error switch
    {
        { Code: RealtimeErrorCodes.SessionExpired } => CallEndReason.ModelClosed,
        { Type: "server_error" } => CallEndReason.ModelRefused,
        { Code: { } code } when RealtimeErrorCodes.IsRateLimit(code) => CallEndReason.ModelRefused,

        // The session was refused as we asked for it; asking again would be the same question.
        _ => CallEndReason.ModelFatalError,
    };
}
