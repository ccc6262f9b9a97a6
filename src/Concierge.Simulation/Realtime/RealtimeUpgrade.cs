using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Concierge.Simulation.Realtime;

/// <summary>From an HTTP request to a session: faults of the handshake, the upgrade, what the request says (PROTOCOL B.1, B.14).</summary>
internal sealed class RealtimeUpgrade(
    Func<RealtimeTwinSession, Task> run,
    Func<int, Scenario> scenarios,
    Func<int, RealtimeTwinOptions> options,
    RealtimeControl control,
    RealtimeClientSecrets secrets,
    TimeProvider time,
    CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private ScenarioProgress? _call;

    /// <summary>The key presented by bearer, header, query or subprotocol.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        string? key = request.Headers["api-key"];
        string? authorization = request.Headers.Authorization;
        if (authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            key = authorization["Bearer ".Length..].Trim();
        }

        const string KeyProtocol = "openai-insecure-api-key.";
        key ??= request.Query["api-key"];
        return key ?? request.Headers["Sec-WebSocket-Protocol"].ToString().Split(',', StringSplitOptions.TrimEntries)
            .FirstOrDefault(p => p.StartsWith(KeyProtocol, StringComparison.Ordinal))?[KeyProtocol.Length..];
    }

    public async Task HandleAsync(HttpContext context, int number)
    {
        RealtimeTwinOptions behaviour = options(number);
        ScenarioProgress progress = ProgressOf(number);
        if (progress.Connect() is { } scripted)
        {
            behaviour = behaviour with { Faults = scripted };
        }

        if (control.Take() is { } told)
        {
            behaviour = behaviour with { Faults = told };
        }

        if (!await ShakeAsync(context, behaviour.Faults))
        {
            return;
        }

        HttpRequest request = context.Request;
        WebSocketUpgradeDecision decision = WebSocketServerUpgrade.Check(
            request.Method,
            request.Protocol,
            request.Headers.Connection,
            request.Headers.Upgrade,
            request.Headers["Sec-WebSocket-Key"],
            request.Headers["Sec-WebSocket-Version"],
            request.Headers["Sec-WebSocket-Protocol"],
            "realtime");
        if (!decision.IsAccepted)
        {
            if (decision.FieldName is not null)
            {
                context.Response.Headers[decision.FieldName] = decision.FieldValue;
            }

            await RefuseAsync(context, decision.StatusCode, decision.Describe().TrimEnd());
            return;
        }

        // Azure: its GA path refuses an api-version with 401 (PROTOCOL B.14).
        bool azure = request.Path.StartsWithSegments("/openai");
        if (azure && request.Query.ContainsKey("api-version"))
        {
            await RefuseAsync(context, 401, "The api-version query parameter is not allowed on this path.");
            return;
        }

        string? key = KeyOf(request);
        bool ephemeral = secrets.TryUse(key, out JsonObject? settings);
        string? model = request.Query["model"].ToString() is { Length: > 0 } given ? given : settings?["model"]?.ToString();
        if (WrongQuery(request.Query, model, settings) is { } wrong)
        {
            await RefuseAsync(context, wrong.Status, wrong.Message);
            return;
        }

        await RunAsync(context, decision, progress, behaviour, new RealtimeTwinConnection
        {
            Model = model ?? "",
            IsTranscription = request.Query["intent"] == "transcription",
            ApiKey = key,
            AsksForBeta = request.Headers["OpenAI-Beta"].ToString().Contains("realtime=v1", StringComparison.Ordinal),
            Session = settings,
            IsAuthorized = ephemeral,
        });
    }

    // Exactly one of model, intent and call_id (PROTOCOL B.1); a client secret may stand for the first two.
    private static (int Status, string Message)? WrongQuery(IQueryCollection query, string? model, JsonObject? settings)
    {
        string call = query["call_id"].ToString(), intent = query["intent"].ToString();
        if ((call.Length > 0 ? 1 : 0) + (intent.Length > 0 ? 1 : 0) + (query["model"].ToString().Length > 0 ? 1 : 0) > 1)
        {
            return (400, "Give exactly one of model, intent and call_id.");
        }

        if (call.Length > 0)
        {
            return (404, $"No call with the id '{call}': this twin has no WebRTC and no SIP.");
        }

        if (intent.Length > 0)
        {
            return intent == "transcription" ? null : (400, $"Invalid intent '{intent}'. Supported values are: 'transcription'.");
        }

        return string.IsNullOrEmpty(model) && settings?["type"]?.ToString() != "transcription" ? (400, "You must provide a model parameter.") : null;
    }

    // A scenario that loses connections goes on over the next ones; any other begins with each.
    private ScenarioProgress ProgressOf(int number)
    {
        lock (_gate)
        {
            if (_call is { IsComplete: false } call)
            {
                return call;
            }

            var progress = new ScenarioProgress(scenarios(number));
            _call = progress.Scenario.Faults.Count > 0 ? progress : null;
            return progress;
        }
    }

    // Whether there is still somebody to upgrade.
    private async Task<bool> ShakeAsync(HttpContext context, RealtimeTwinFaults faults)
    {
        if (faults.NeverAnswer || faults.HandshakeDelay > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await Task.Delay(faults.NeverAnswer ? Timeout.InfiniteTimeSpan : faults.HandshakeDelay, time, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (either.IsCancellationRequested)
            {
                return false;
            }
        }

        if (faults.RefuseStatus is { } status)
        {
            await RefuseAsync(context, status, "The upgrade was refused.", faults.RetryAfterSeconds);
            return false;
        }

        return true;
    }

    private async Task RunAsync(HttpContext context, WebSocketUpgradeDecision decision, ScenarioProgress progress, RealtimeTwinOptions behaviour, RealtimeTwinConnection connection)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers["Sec-WebSocket-Accept"] = decision.Accept;
        if (decision.Subprotocol is not null)
        {
            context.Response.Headers["Sec-WebSocket-Protocol"] = decision.Subprotocol;
        }

        await using Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var line = new StreamDuplex(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        await run(new RealtimeTwinSession(line, progress.Scenario, time, behaviour, connection, progress) { Abort = context.Abort });
    }

    private Task RefuseAsync(HttpContext context, int status, string message, int? retryAfter = null) =>
        TextReplyWriter.WriteAsync(context, TextReply.Error(status, message) with { RetryAfterSeconds = retryAfter }, time, stopping);
}
