using System.Diagnostics.CodeAnalysis;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Node.Engine;

namespace Concierge.Server.Node;

/// <summary><c>POST /twiml</c>: tells the carrier to connect the call to this node's media stream.</summary>
/// <param name="options">The node's settings.</param>
/// <param name="authority">Who may ask.</param>
/// <param name="tokens">Issues the stream's one-time token.</param>
/// <param name="calls">Whether there is room.</param>
/// <param name="handler">What will serve the stream; told of it ahead.</param>
/// <param name="log">The node's log.</param>
/// <param name="memory">Where calls are written down; null for nowhere.</param>
internal sealed class TwimlEndpoint(
    NodeOptions options, RequestAuthority authority, StreamTokens tokens, CallRegistry calls, IMediaStreamHandler handler, ILogger<TwimlEndpoint> log, NodeCalls? memory = null)
{
    private const int MaxSid = 64;
    private const int MaxCallId = 200;

    /// <summary>How long the end of a stream may take to be written down: closing both far ends, and a recording's last octets. The carrier waits longer for an answer.</summary>
    private static readonly TimeSpan s_endPatience = TimeSpan.FromSeconds(8);

    /// <summary>Whether a call goes on when its stream breaks off.</summary>
    public static bool HasFallback(CallsOptions options) => options.FallbackNumber is not null || options.FallbackSentence is not null;

    public async Task HandleAsync(HttpContext context)
    {
        if (await WebhookForm.ReadAsync(context, authority, log) is not { } fields)
        {
            return;
        }

        if (Judge(context, fields, out string callSid, out string accountSid, out string? callId) is { } problem)
        {
            NodeLog.BadWebhook(log, problem.Detail);
            await problem.WriteAsync(context);
            return;
        }

        bool room = calls.HasRoom || calls.IsKept(callSid);
        if (memory is not null && await RememberAsync(fields, callSid, callId, room, context.RequestAborted) is { } clash)
        {
            NodeLog.BadWebhook(log, clash.Detail);
            await clash.WriteAsync(context);
            return;
        }

        TwimlResponse answer = !room ? Decline(WebhookForm.Single(fields, "Direction")) : handler.CanServe ? Connect(context, fields, callSid, accountSid, callId) : Apologize();
        await answer.WriteAsync(context);
    }

    /// <summary><c>POST /twiml-after</c>: the stream is over; the call is, too, unless the stream could not be served.</summary>
    public async Task HandleAfterAsync(HttpContext context)
    {
        if (await WebhookForm.ReadAsync(context, authority, log) is not { } fields)
        {
            return;
        }

        CallRecord? call = null;
        string? callSid = WebhookForm.Single(fields, "CallSid");
        if (memory is not null && IsSid(callSid))
        {
            try
            {
                call = await FindEndedAsync(memory.Book, callSid, context.RequestAborted);
            }
            catch (CallStoreException exception)
            {
                NodeLog.CallbackIgnored(log, exception.Message);
            }
        }

        // Served to its end, whoever hung up: over. Never begun, broken off, or nobody knows: the caller is not left alone.
        bool served = call is { StreamStartedAt: not null, IsStreaming: false, StreamError: null } or { HangupCause: not null };
        TwimlResponse answer = new();
        if (!served && memory?.Options.FallbackSentence is { } sentence)
        {
            answer.Say(sentence);
        }

        if (!served && memory?.Options.FallbackNumber is { } number)
        {
            answer.Dial(number);
        }

        await answer.Hangup().WriteAsync(context);
    }

    /// <summary>
    /// The call, its stream ended where it ends: the carrier asks as soon as the connection closes, which is before the node that served it has written down how it ended. Taken for
    /// broken off, a call that came to its end would be put through to the fallback.
    /// </summary>
    private static async Task<CallRecord?> FindEndedAsync(CallBook book, string callSid, CancellationToken cancellationToken)
    {
        DateTimeOffset deadline = book.Now + s_endPatience;
        CallRecord? call = await book.FindBySidAsync(callSid, cancellationToken);
        while (call is { IsStreaming: true, HangupCause: null } && book.Now < deadline)
        {
            await book.WaitForChangeAsync(call.Id, TimeSpan.FromMilliseconds(100), cancellationToken);
            call = await book.FindBySidAsync(callSid, cancellationToken);
        }

        return call;
    }

    private Problem? Judge(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> fields, out string callSid, out string accountSid, out string? callId)
    {
        callSid = WebhookForm.Single(fields, "CallSid") ?? "";
        accountSid = WebhookForm.Single(fields, "AccountSid") ?? "";
        callId = context.Request.Query[StreamCalls.Parameter] is [{ Length: > 0 } id] ? id : null;
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

    private TwimlResponse Connect(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> fields, string callSid, string accountSid, string? callId)
    {
        Dictionary<string, string> parameters = [];
        callId ??= memory is null ? null : StreamCalls.IdOf(null, callSid);
        string? agent = RouteOf(fields);
        if (options.RequireStreamToken)
        {
            string token = parameters[StreamTokens.ParameterName] = tokens.Issue(callSid, accountSid);
            handler.Expect(token, context.Features.Get<LoopConnection>()?.Loop, new ExpectedCall(callId is null ? null : StreamCalls.IdOf(callId, callSid), agent));
        }

        if (callId is not null)
        {
            parameters[StreamCalls.Parameter] = callId;
        }

        if (agent is not null)
        {
            parameters[NodeAgents.Parameter] = agent; // with the stream, because it may reach another node before the store does
        }

        return new TwimlResponse().ConnectStream(new TwimlStream(StreamUrl(context)) { Parameters = parameters, Action = After(context) });
    }

    /// <summary>The agent that the called number of an incoming call leads to; null for none.</summary>
    private string? RouteOf(IReadOnlyList<KeyValuePair<string, string>> fields) =>
        WebhookForm.Single(fields, "Direction") is null or "inbound" && WebhookForm.Single(fields, "To") is { } to ? memory?.Options.InboundRoutes.GetValueOrDefault(to) : null;

    /// <summary>Where the carrier asks what to do once the stream is over; nowhere when there is nothing to fall back to.</summary>
    private string? After(HttpContext context)
    {
        if (memory is null || !HasFallback(memory.Options))
        {
            return null;
        }

        return options.PublicUrl is { } url ? url.GetLeftPart(UriPartial.Authority) + FrontDoor.AfterPath : $"http://{LocalAuthority(context)}{FrontDoor.AfterPath}";
    }

    /// <summary>Writes an incoming call down, and holds one that was placed here against what is known of it.</summary>
    private async Task<Problem?> RememberAsync(
        IReadOnlyList<KeyValuePair<string, string>> fields, string callSid, string? callId, bool room, CancellationToken cancellationToken)
    {
        CallBook book = memory!.Book;
        string id = StreamCalls.IdOf(callId, callSid);
        CallRecord? known = null;
        try
        {
            known = await book.GetAsync(id, cancellationToken);
        }
        catch (CallStoreException)
        {
            // The call goes on without it.
        }

        if (known?.CallSid is { } sid && sid != callSid)
        {
            return new Problem(409, "Another call", "call_id belongs to a call with another CallSid.");
        }

        bool inbound = WebhookForm.Single(fields, "Direction") is null or "inbound";
        if (known is null || known.From is null)
        {
            string? to = WebhookForm.Single(fields, "To");
            book.Record(new CallFact.Created
            {
                CallId = id,
                FactId = id + ":created",
                At = book.Now,
                Direction = inbound ? CallDirection.Inbound : CallDirection.Outbound,
                From = Short(WebhookForm.Single(fields, "From")),
                To = Short(to),
                Agent = RouteOf(fields),
                Node = book.Node,
                CallSid = callSid,
            });
        }

        if (!room)
        {
            book.Record(new CallFact.Reported
            {
                CallId = id,
                FactId = id + ":no_room",
                At = book.Now,
                State = inbound ? CallState.Busy : CallState.Failed,
                Cause = "no_room",
                Source = CallFactSource.Node,
                CallSid = callSid,
                Error = "The node was full or stopping.",
            });
        }

        return null;
    }

    /// <summary>What the carrier names a number is mostly one; whatever it is, a store need not take more than this of it, and no NUL.</summary>
    private static string? Short(string? text) => text?.Replace("\0", "", StringComparison.Ordinal) is { } clean ? clean[..Math.Min(clean.Length, 200)] : null;

    private static string LocalAuthority(HttpContext context)
    {
        ConnectionInfo connection = context.Connection;
        return new UriBuilder("http", connection.LocalIpAddress!.MapToIPv4IfPossible().ToString(), connection.LocalPort).Uri.Authority;
    }

    /// <summary>The public address; without one, the address this connection came in on, which is known to be right for a twin on the same machine.</summary>
    private string StreamUrl(HttpContext context)
    {
        if (options.PublicUrl is { } url)
        {
            return $"{(url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws")}://{url.Authority}{FrontDoor.MediaStreamPath}";
        }

        return $"ws://{LocalAuthority(context)}{FrontDoor.MediaStreamPath}";
    }

    /// <summary>There is room and nobody to talk to: a person who hears why calls again later, one who hears a busy tone at once. Where there is somebody to fall back to, that one gets the call.</summary>
    private TwimlResponse Apologize()
    {
        string? number = memory?.Options.FallbackNumber;
        TwimlResponse answer = new();
        if (memory?.Options.FallbackSentence is { } sentence)
        {
            answer.Say(sentence);
        }
        else if (number is null)
        {
            answer.Say("We are sorry, our assistant cannot take your call at the moment. Please call again later.");
        }

        return number is null ? answer.Hangup() : answer.Dial(number).Hangup();
    }

    /// <summary>An incoming call hears a busy tone and costs nothing, or the operator's sentence; one this side placed is answered already and hears a sentence.</summary>
    private TwimlResponse Decline(string? direction) => (direction is null or "inbound", memory?.Options.BusySentence) switch
    {
        (true, null) => new TwimlResponse().Reject(TwimlRejectReason.Busy),
        (_, { } sentence) => new TwimlResponse().Say(sentence).Hangup(),
        _ => new TwimlResponse().Say("We are sorry, all lines are busy. Goodbye.").Hangup(),
    };

    private static bool IsSid([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= MaxSid } && text.All(char.IsAsciiLetterOrDigit);
}
