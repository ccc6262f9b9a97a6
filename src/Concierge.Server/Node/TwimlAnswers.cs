using Concierge.Calls.Twilio;

namespace Concierge.Server.Node;

/// <summary>Answers a webhook with TwiML.</summary>
internal static class TwimlAnswers
{
    /// <summary>Writes the document; it is of this one request.</summary>
    public static async Task WriteAsync(this TwimlResponse answer, HttpContext context)
    {
        byte[] body = answer.ToUtf8();
        context.Response.ContentType = TwimlResponse.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
