using System.Diagnostics.CodeAnalysis;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Node.Engine;
using Microsoft.Extensions.Primitives;

namespace Concierge.Server.Node;

/// <summary><c>POST /twiml</c>: tells the carrier to connect the call to this node's media stream.</summary>
/// <param name="options">The node's settings.</param>
/// <param name="authority">Who may ask.</param>
/// <param name="tokens">Issues the stream's one-time token.</param>
/// <param name="calls">Whether there is room.</param>
/// <param name="handler">What will serve the stream; told of it ahead.</param>
/// <param name="log">The node's log.</param>
internal sealed class TwimlEndpoint(NodeOptions options, RequestAuthority authority, StreamTokens tokens, CallRegistry calls, IMediaStreamHandler handler, ILogger<TwimlEndpoint> log)
{
    /// <summary>The stream parameter that carries the caller's own id of the call, from <c>?call_id=</c>.</summary>
    private const string CallIdParameter = "call_id";

    private const int MaxSid = 64;
    private const int MaxCallId = 200;

    public async Task HandleAsync(HttpContext context)
    {
        if (await ReadFieldsAsync(context) is not { } fields)
        {
            return;
        }

        if (!authority.AcceptsWebhook(context, HttpMethods.IsPost(context.Request.Method) ? fields : []))
        {
            NodeLog.RefusedWebhook(log);
            await Problem.NotSigned.WriteAsync(context);
            return;
        }

        if (Judge(context, fields, out string callSid, out string accountSid, out string? callId) is { } problem)
        {
            NodeLog.BadWebhook(log, problem.Detail);
            await problem.WriteAsync(context);
            return;
        }

        TwimlResponse answer = !calls.HasRoom
            ? Decline(Single(fields, "Direction"))
            : handler.CanServe ? Connect(context, callSid, accountSid, callId) : Apologize();
        byte[] body = answer.ToUtf8();
        context.Response.ContentType = TwimlResponse.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task<KeyValuePair<string, string>[]?> ReadFieldsAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return Flatten(context.Request.Query);
        }

        if (!context.Request.HasFormContentType)
        {
            await new Problem(415, "Not a form", "Send application/x-www-form-urlencoded, as the carrier does.").WriteAsync(context);
            return null;
        }

        try
        {
            return Flatten(await context.Request.ReadFormAsync(context.RequestAborted));
        }
        catch (BadHttpRequestException exception)
        {
            await new Problem(exception.StatusCode, "Bad form", "The form cannot be read: it is too large or cut off.").WriteAsync(context);
        }
        catch (InvalidDataException)
        {
            await new Problem(400, "Bad form", "The form cannot be read.").WriteAsync(context);
        }

        return null;
    }

    private static KeyValuePair<string, string>[] Flatten(IEnumerable<KeyValuePair<string, StringValues>> fields) =>
        [.. fields.SelectMany(field => field.Value, (field, value) => new KeyValuePair<string, string>(field.Key, value ?? ""))];

    private Problem? Judge(HttpContext context, KeyValuePair<string, string>[] fields, out string callSid, out string accountSid, out string? callId)
    {
        callSid = Single(fields, "CallSid") ?? "";
        accountSid = Single(fields, "AccountSid") ?? "";
        callId = context.Request.Query[CallIdParameter] is [{ Length: > 0 } id] ? id : null;
        if (!IsSid(callSid) || !IsSid(accountSid))
        {
            return new Problem(400, "Not a call", "CallSid and AccountSid are needed, once each. Only the carrier asks for this document.");
        }

        if (callId is { Length: > MaxCallId })
        {
            return new Problem(400, "Bad call_id", $"call_id has at most {MaxCallId} characters.");
        }

        return options.AccountSid is { } own && own != accountSid ? Problem.WrongAccount : null;
    }

    private TwimlResponse Connect(HttpContext context, string callSid, string accountSid, string? callId)
    {
        Dictionary<string, string> parameters = [];
        if (options.RequireStreamToken)
        {
            string token = parameters[StreamTokens.ParameterName] = tokens.Issue(callSid, accountSid);
            handler.Expect(token, context.Features.Get<LoopConnection>()?.Loop);
        }

        if (callId is not null)
        {
            parameters[CallIdParameter] = callId;
        }

        return new TwimlResponse().ConnectStream(new TwimlStream(StreamUrl(context)) { Parameters = parameters });
    }

    /// <summary>The public address; without one, the address this connection came in on, which is known to be right for a twin on the same machine.</summary>
    private string StreamUrl(HttpContext context)
    {
        if (options.PublicUrl is { } url)
        {
            return $"{(url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws")}://{url.Authority}{FrontDoor.MediaStreamPath}";
        }

        ConnectionInfo connection = context.Connection;
        return new UriBuilder("ws", connection.LocalIpAddress!.MapToIPv4IfPossible().ToString(), connection.LocalPort, FrontDoor.MediaStreamPath).Uri.ToString();
    }

    /// <summary>An incoming call hears a busy tone and costs nothing; one this side placed is answered already and hears a sentence.</summary>
    private static TwimlResponse Decline(string? direction) => direction is null or "inbound"
        ? new TwimlResponse().Reject(TwimlRejectReason.Busy)
        : new TwimlResponse().Say("We are sorry, all lines are busy. Goodbye.").Hangup();

    /// <summary>There is room and nobody to talk to: a person who hears why calls again later, one who hears a busy tone at once.</summary>
    private static TwimlResponse Apologize() => new TwimlResponse().Say("We are sorry, our assistant cannot take your call at the moment. Please call again later.").Hangup();

    private static string? Single(KeyValuePair<string, string>[] fields, string name)
    {
        string? found = null;
        foreach ((string key, string value) in fields)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }

    private static bool IsSid([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= MaxSid } && text.All(char.IsAsciiLetterOrDigit);
}
