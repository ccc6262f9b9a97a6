namespace Concierge.Server.Node;

/// <summary>An error answer. Source: RFC 9457, problem details.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The kind of problem, the same every time.</param>
/// <param name="Detail">What is wrong with this request and what to do. Never an echo of the request.</param>
internal sealed record Problem(int Status, string Title, string Detail)
{
    public static readonly Problem NotFound = new(404, "Not found", "There is nothing here. The node serves /, /health, /twiml, /twilio-status, the WebSocket /media-stream, /calls, and the API described by /api/v1/openapi.json.");
    public static readonly Problem NotSigned = new(403, "Not signed", "The request is not signed with this account's auth token (X-Twilio-Signature). Check PUBLIC_DOMAIN and TWILIO_AUTH_TOKEN.");
    public static readonly Problem OriginRefused = new(403, "Origin refused", "Media streams come from the carrier; browsers are not served here.");
    public static readonly Problem WrongAccount = new(403, "Wrong account", "The call belongs to another account than TWILIO_ACCOUNT_SID.");
    public static readonly Problem Busy = new(503, "No room", "The node is stopping, serves as many calls as MAX_CALLS allows, or as many as it can without delaying them.");
    public static readonly Problem TooManyStreams = new(429, "Too many streams", "This address has as many streams as MAX_STREAMS_PER_REMOTE allows.");
    public static readonly Problem Draining = new(503, "Stopping", "The node is stopping; it finishes its calls and takes no new ones.");

    public static readonly Problem NoModel = new(503, "No model", "The Realtime API does not answer or refuses this node; calls are taken again when a probe succeeds.");

    /// <summary>Answers with this problem.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        return context.Response.WriteAsJsonAsync(this, NodeJson.Default.Problem, "application/problem+json", context.RequestAborted);
    }
}
