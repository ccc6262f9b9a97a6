using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>
/// Judges a WebSocket upgrade before it is one. Kestrel upgrades HTTP/1.0 and answers a wrong version without naming the right one, so the clauses of
/// RFC 6455 §4.2.1 are checked first (<see cref="WebSocketServerUpgrade"/>), and what a carrier never sends (an Origin) is refused.
/// </summary>
internal static class UpgradeRequest
{
    /// <summary>Finds what is wrong with a request; fields that a refusal needs are set on the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="accept">The value of <c>Sec-WebSocket-Accept</c> when nothing is.</param>
    /// <returns>The problem to answer with, or null when the request may be upgraded.</returns>
    public static Problem? Check(HttpContext context, out string accept)
    {
        IHeaderDictionary headers = context.Request.Headers;
        WebSocketUpgradeDecision decision = WebSocketServerUpgrade.Check(
            context.Request.Method,
            context.Request.Protocol,
            headers.Connection.ToString(),
            headers.Upgrade.ToString(),
            headers.SecWebSocketKey.ToString(),
            headers.SecWebSocketVersion.ToString());
        accept = decision.Accept ?? "";
        if (!decision.IsAccepted)
        {
            if (decision.StatusCode == StatusCodes.Status426UpgradeRequired)
            {
                context.Response.Headers.Upgrade = "websocket"; // RFC 9110 §15.5.22
            }

            if (decision.FieldName is { } name)
            {
                context.Response.Headers[name] = decision.FieldValue;
            }

            return new Problem(decision.StatusCode, decision.ReasonPhrase, decision.Describe().TrimEnd());
        }

        // The carrier's client is no browser: an Origin means that some web page opens this socket from a visitor's machine.
        return headers.Origin.Count > 0 ? Problem.OriginRefused : null;
    }
}
