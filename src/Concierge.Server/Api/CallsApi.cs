using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Concierge.Calls.Carrier;
using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Requests;

namespace Concierge.Server.Api;

/// <summary>The operator's API: <c>/api/v1</c>, and the routes without a version that the service before this one had.</summary>
internal sealed class CallsApi(ApiAuthority authority, CallRegistry registry, TimeProvider time, ILogger<CallsApi> log, NodeCalls? calls = null, IRequestProcessor? requests = null)
{
    public const string Root = "/api/v1";

    /// <summary>Requests in words at a time; each has a model think and may wait for a call that lasts minutes.</summary>
    public const int MaxRequests = 64;

    private int _requests;

    public void Map(WebApplication app)
    {
        app.MapGet(Root + "/openapi.json", static context => OpenApiDocument.WriteAsync(context));
        Map(app, "GET", Root + "/calls", ApiRole.Read, (context, _) => ListAsync(context, static page => ApiJson.Page(page)));
        Map(app, "POST", Root + "/calls", ApiRole.Call, (context, key) => PlaceAsync(context, key, static call => ApiJson.Call(call)));
        Map(app, "GET", Root + "/calls/{id}", ApiRole.Read, (context, _) => WithCallAsync(context, call => WriteAsync(context, 200, ApiJson.Call(call))));
        Map(app, "GET", Root + "/calls/{id}/transcript", ApiRole.Read, (context, _) => WithCallAsync(context, call => TranscriptAsync(context, call)));
        Map(app, "GET", Root + "/calls/{id}/facts", ApiRole.Read, (context, _) => WithCallAsync(context, call => FactsAsync(context, call)));
        Map(app, "GET", Root + "/calls/{id}/events", ApiRole.Read, (context, _) => WithCallAsync(context, call => CallEvents.StreamAsync(context, calls!, call.Id, registry.Draining)));
        Map(app, "POST", Root + "/calls/{id}/hangup", ApiRole.Call, (context, key) => WithCallAsync(context, call => HangUpAsync(context, key, call)));
        Map(app, "DELETE", Root + "/calls/{id}", ApiRole.Admin, (context, key) => WithCallAsync(context, call => DeleteAsync(context, key, new CallDeletionQuery { CallId = call.Id }, call)));
        Map(app, "POST", Root + "/deletions", ApiRole.Admin, DeleteManyAsync);
        Map(app, "GET", Root + "/export", ApiRole.Admin, ExportAsync);

        Map(app, "GET", "/calls", ApiRole.Read, (context, _) => ListAsync(context, static page =>
            new JsonObject { ["total"] = page.Calls.Count, ["calls"] = new JsonArray([.. page.Calls.Select(c => (JsonNode)ApiJson.Legacy(c))]), ["next"] = page.Next }));
        Map(app, "POST", "/calls", ApiRole.Call, (context, key) => PlaceAsync(context, key, static call => ApiJson.Legacy(call)));
        Map(app, "GET", "/calls/{id}/status", ApiRole.Read, (context, _) => WithCallAsync(context, call => LegacyStatusAsync(context, call)));
        Map(app, "POST", "/process-request", ApiRole.Call, ProcessAsync);
        Map(app, "POST", Root + "/requests", ApiRole.Call, ProcessAsync);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private void Map(WebApplication app, string method, string route, ApiRole role, Func<HttpContext, string, Task> handle) => app.MapMethods(route, [method], async context =>
    {
        await Task.Yield(); // Off the sockets' threads: the media of calls must not wait for a database.
        if (await authority.AdmitAsync(context, role) is not { } key)
        {
            return;
        }

        try
        {
            await handle(context, key);
        }
        catch (CallStoreException exception) when (!context.Response.HasStarted)
        {
            await new Problem(503, "Store away", exception.Message).WriteAsync(context);
        }
        catch (CarrierException exception) when (!context.Response.HasStarted)
        {
            await new Problem(502, "Carrier", exception.Message).WriteAsync(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await new Problem(exception.StatusCode, "Bad request", "The body cannot be read: it is too large, too slow or cut off.").WriteAsync(context);
        }
        catch (OperationCanceledException)
        {
            // The client is gone, or the node is stopping.
        }
    });

    private async Task WithCallAsync(HttpContext context, Func<CallRecord, Task> handle)
    {
        string? id = context.Request.RouteValues["id"] as string;
        CallRecord? call = calls is not null && CallIds.IsValid(id) ? await calls.Book.GetAsync(id, context.RequestAborted) : null;
        await (call is null ? new Problem(404, "No such call", "There is no call of that id.").WriteAsync(context) : handle(call));
    }

    private async Task ListAsync(HttpContext context, Func<CallPage, JsonObject> shape)
    {
        (CallQuery? query, string? problem) = CallQueries.Read(context.Request.Query);
        if (query is null)
        {
            await new Problem(400, "Bad filter", problem!).WriteAsync(context);
            return;
        }

        try
        {
            await WriteAsync(context, 200, shape(calls is null ? new CallPage([], null) : await calls.Store.ListAsync(query, context.RequestAborted)));
        }
        catch (FormatException exception)
        {
            await new Problem(400, "Bad cursor", exception.Message).WriteAsync(context);
        }
    }

    private async Task PlaceAsync(HttpContext context, string key, Func<CallRecord, JsonObject> shape)
    {
        if (await ReadAsync(context, ApiJson.Default.PlaceCallBody) is not { } body)
        {
            return;
        }

        try
        {
            if (registry.IsDraining)
            {
                throw new CallRefusedException(CallRefusal.Stopping, "The node is stopping; it places no new calls.", TimeSpan.FromSeconds(5));
            }

            IOutboundCalls outbound = calls?.Outbound
                ?? throw new CallRefusedException(CallRefusal.NoCarrier, "No carrier is configured: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_DOMAIN.");
            string? idempotency = context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 and <= 200 } one] ? one : null;
            CallRecord call = await outbound.PlaceAsync(
                new OutboundCallRequest(body.To ?? "", body.Agent, body.Request, body.Reservation) { RequestedBy = key, IdempotencyKey = idempotency }, CancellationToken.None);
            NodeLog.ApiUsed(log, key, "placed a call");
            context.Response.Headers.Location = $"{Root}/calls/{call.Id}";
            await WriteAsync(context, 202, shape(call));
        }
        catch (CallRefusedException refused)
        {
            if (refused.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            await new Problem(StatusOf(refused.Refusal), "Call refused: " + NameOf(refused.Refusal), refused.Message).WriteAsync(context);
        }
    }

    private static int StatusOf(CallRefusal refusal) => refusal switch
    {
        CallRefusal.BadNumber or CallRefusal.BadRequest => 400,
        CallRefusal.RateLimited or CallRefusal.BudgetSpent => 429,
        CallRefusal.NoRoom or CallRefusal.NoCarrier or CallRefusal.Stopping => 503,
        _ => 403,
    };

    private static string NameOf(CallRefusal refusal) => JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString());

    private async Task HangUpAsync(HttpContext context, string key, CallRecord call)
    {
        if (calls!.Outbound is not { } outbound)
        {
            await new Problem(503, "No carrier", "No carrier is configured that could end the call.").WriteAsync(context);
            return;
        }

        NodeLog.ApiUsed(log, key, "ended a call");
        await WriteAsync(context, 202, ApiJson.Call(await outbound.HangUpAsync(call.Id, "operator", CancellationToken.None)));
    }

    private async Task TranscriptAsync(HttpContext context, CallRecord call)
    {
        IReadOnlyList<TranscriptEntry> entries = CallTranscripts.Read((await CallHistory.ReadAsync(calls!.Store, call.Id, context.RequestAborted)).Select(f => f.Fact));
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(CallsJson.Write(entries), context.RequestAborted);
    }

    private async Task FactsAsync(HttpContext context, CallRecord call)
    {
        long after = long.TryParse(context.Request.Query["after"].ToString(), out long position) && position > 0 ? position : 0;
        IReadOnlyList<StoredFact> facts = await calls!.Store.ReadFactsAsync(call.Id, after, 500, context.RequestAborted);
        await WriteAsync(context, 200, new JsonObject
        {
            ["facts"] = new JsonArray([.. facts.Select(f => (JsonNode)ApiJson.Fact(f))]),
            ["next"] = facts.Count == 500 ? facts[^1].Position : null,
        });
    }

    private async Task LegacyStatusAsync(HttpContext context, CallRecord call)
    {
        IReadOnlyList<TranscriptEntry> entries = CallTranscripts.Read((await CallHistory.ReadAsync(calls!.Store, call.Id, context.RequestAborted)).Select(f => f.Fact));
        await WriteAsync(context, 200, ApiJson.Legacy(call, entries.Select(e => $"{(e.Speaker == TranscriptSpeaker.Agent ? "agent" : "caller")}: {e.Text}")));
    }

    private async Task DeleteAsync(HttpContext context, string key, CallDeletionQuery query, CallRecord? one)
    {
        if (one is { IsSettled: false })
        {
            await new Problem(409, "Call running", "A call is deleted when it is over; end it first.").WriteAsync(context);
            return;
        }

        await calls!.Book.FlushAsync(context.RequestAborted);
        CallDeletion deleted = await calls.Store.DeleteAsync(query, context.RequestAborted);
        if (one is not null && deleted.CallIds.Count == 0)
        {
            await new Problem(503, "Not deleted", "The store does not know the call's end yet: it is away, or what waits for it is not written. Try again later.").WriteAsync(context);
            return;
        }

        int files = RecordingFiles.Delete(calls.Options.RecordingsDirectory, deleted.Recordings, log);
        NodeLog.ApiUsed(log, key, $"deleted {deleted.CallIds.Count} calls");
        await WriteAsync(context, 200, new JsonObject { ["deleted"] = new JsonArray([.. deleted.CallIds.Select(i => (JsonNode)i)]), ["recordings"] = files });
    }

    private async Task DeleteManyAsync(HttpContext context, string key)
    {
        if (await ReadAsync(context, ApiJson.Default.DeletionBody) is not { } body)
        {
            return;
        }

        CallDeletionQuery query = new() { Number = body.Number, EndedBefore = body.EndedBefore };
        if (query.IsEmpty || calls is null)
        {
            await new Problem(400, "Nothing named", "Say which calls: number, ended_before, or both.").WriteAsync(context);
            return;
        }

        await DeleteAsync(context, key, query, null);
    }

    private async Task ExportAsync(HttpContext context, string key)
    {
        (CallQuery? query, string? problem) = CallQueries.Read(context.Request.Query, "format");
        string format = context.Request.Query["format"] is [{ Length: > 0 } text] ? text : "jsonl";
        if (query is null || format is not ("jsonl" or "csv") || calls is null)
        {
            await new Problem(400, "Bad export", problem ?? "format is jsonl or csv.").WriteAsync(context);
            return;
        }

        NodeLog.ApiUsed(log, key, "exported calls");
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using StreamWriter output = new(context.Response.Body, leaveOpen: true);
        await CallExport.WriteAsync(calls.Store, query, format == "csv", output, context.RequestAborted);
    }

    private async Task ProcessAsync(HttpContext context, string key)
    {
        if (await ReadAsync(context, ApiJson.Default.ProcessRequestBody) is not { } body)
        {
            return;
        }

        Problem? refused = requests is null ? new Problem(501, "No text agents", "This node runs no text agents: it keeps no calls.")
            : registry.IsDraining ? new Problem(503, "Stopping", "The node is stopping; it takes no new requests.")
            : string.IsNullOrWhiteSpace(body.UserInput) ? new Problem(400, "Nothing asked", "user_input is missing or empty.")
            : body.SessionId is { } session && !ConciergeService.IsSessionId(session)
                ? new Problem(400, "Bad session_id", "A session_id has letters, digits, '-', '_' and '.', at most 128.")
            : null;
        if (refused is not null)
        {
            await refused.WriteAsync(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _requests) > MaxRequests)
            {
                context.Response.Headers.RetryAfter = "10";
                await new Problem(429, "Too many requests", $"{MaxRequests} requests are being seen to, as many as there may be at a time.").WriteAsync(context);
                return;
            }

            NodeLog.ApiUsed(log, key, "made a request");
            await RequestExchange.AnswerAsync(context, requests!, body, time);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            await new Problem(415, "Not JSON", "Send application/json.").WriteAsync(context);
            return null;
        }

        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } body)
            {
                return body;
            }
        }
        catch (JsonException)
        {
            // Its message quotes what was sent.
        }

        await new Problem(400, "Bad JSON", $"The body is not what {Root}/openapi.json describes for this route.").WriteAsync(context);
        return null;
    }
}
