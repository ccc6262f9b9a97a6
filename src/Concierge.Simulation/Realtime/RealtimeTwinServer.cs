using System.IO.Pipelines;
using System.Net;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// The Realtime twin on a loopback port: the vendor's paths (<c>/v1/realtime?model=</c> and Azure's <c>/openai/v1/realtime?model=</c>), the vendor's way of
/// refusing, one <see cref="RealtimeTwinSession"/> for each connection.
/// </summary>
public sealed class RealtimeTwinServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<int, Scenario> _scenarios;
    private readonly Func<int, RealtimeTwinOptions> _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<RealtimeTwinSession> _sessions = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _sessionsChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    private RealtimeTwinServer(WebApplication app, Func<int, Scenario> scenarios, Func<int, RealtimeTwinOptions> options, TimeProvider time)
    {
        _app = app;
        _scenarios = scenarios;
        _options = options;
        _time = time;
    }

    /// <summary>The address to give a client as <c>REALTIME_URL</c>: <c>ws://127.0.0.1:PORT/v1/realtime</c>.</summary>
    public Uri Url { get; private set; } = new("ws://127.0.0.1/v1/realtime");

    /// <summary>Called with each session before it opens, on the server's thread.</summary>
    public Action<RealtimeTwinSession>? SessionStarting { get; set; }

    /// <summary>Sessions so far, those running included.</summary>
    public IReadOnlyList<RealtimeTwinSession> Sessions
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions];
            }
        }
    }

    /// <summary>Connections tried so far, refused ones included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts a server whose every session plays one scenario in one manner.</summary>
    /// <param name="scenario">What the model says.</param>
    /// <param name="options">Behaviour; null for the defaults.</param>
    /// <param name="port">Port on the loopback interface; 0 takes a free one.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<RealtimeTwinServer> StartAsync(Scenario scenario, RealtimeTwinOptions? options = null, int port = 0, TimeProvider? time = null)
    {
        RealtimeTwinOptions behaviour = options ?? new RealtimeTwinOptions();
        return StartAsync(_ => scenario, _ => behaviour, port, time);
    }

    /// <summary>Starts a server whose connections may differ: the functions are given each connection's number, from 0.</summary>
    /// <param name="scenarios">What the model says on a connection.</param>
    /// <param name="options">How the twin behaves on it.</param>
    /// <param name="port">Port on the loopback interface; 0 takes a free one.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RealtimeTwinServer> StartAsync(
        Func<int, Scenario> scenarios, Func<int, RealtimeTwinOptions> options, int port = 0, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(scenarios);
        ArgumentNullException.ThrowIfNull(options);
        // Empty: no configuration, no logging, no environment of the host program leaks in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        WebApplication app = builder.Build();
        var server = new RealtimeTwinServer(app, scenarios, options, time ?? TimeProvider.System);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Url = new UriBuilder(address) { Scheme = "ws", Path = "/v1/realtime" }.Uri;
        return server;
    }

    /// <summary>Waits for a session and for its end.</summary>
    /// <param name="index">Which session, from 0.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Its record, complete.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<RealtimeTwinRecord> WaitForRecordAsync(int index = 0, CancellationToken ct = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_sessions.Count > index && _sessions[index].HasEnded)
                {
                    return _sessions[index].Record;
                }

                changed = _sessionsChanged.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    /// <summary>Ends all sessions and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (path is not ("/v1/realtime" or "/openai/v1/realtime"))
        {
            await AnswerAsync(context, 404, $"Invalid URL ({context.Request.Method} {path})");
            return;
        }

        int number = Interlocked.Increment(ref _connections) - 1;
        RealtimeTwinOptions options = _options(number);
        RealtimeTwinFaults faults = options.Faults;
        if (faults.NeverAnswer)
        {
            await DelayAsync(Timeout.InfiniteTimeSpan, context.RequestAborted);
            return;
        }

        if (faults.HandshakeDelay > TimeSpan.Zero)
        {
            await DelayAsync(faults.HandshakeDelay, context.RequestAborted);
        }

        if (faults.RefuseStatus is { } status)
        {
            if (faults.RetryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            await AnswerAsync(context, status, "The upgrade was refused.");
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

            await AnswerAsync(context, decision.StatusCode, decision.Describe().TrimEnd());
            return;
        }

        // Azure: its GA path refuses an api-version with 401 (PROTOCOL B.14).
        bool azure = path.StartsWith("/openai", StringComparison.Ordinal);
        if (azure && request.Query.ContainsKey("api-version"))
        {
            await AnswerAsync(context, 401, "The api-version query parameter is not allowed on this path.");
            return;
        }

        string? model = request.Query["model"];
        if (string.IsNullOrEmpty(model))
        {
            await AnswerAsync(context, 400, "You must provide a model parameter.");
            return;
        }

        await RunSessionAsync(context, decision, number, options, Connection(request, model));
    }

    private async Task RunSessionAsync(HttpContext context, WebSocketUpgradeDecision decision, int number, RealtimeTwinOptions options, RealtimeTwinConnection connection)
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
        var session = new RealtimeTwinSession(line, _scenarios(number), _time, options, connection) { Abort = context.Abort };
        SessionStarting?.Invoke(session);
        lock (_gate)
        {
            _sessions.Add(session);
        }

        try
        {
            await session.RunAsync(_stopping.Token);
        }
        finally
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                changed = _sessionsChanged;
                _sessionsChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.SetResult();
        }
    }

    private static RealtimeTwinConnection Connection(HttpRequest request, string model)
    {
        string? key = request.Headers["api-key"];
        string? authorization = request.Headers.Authorization;
        if (authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            key = authorization["Bearer ".Length..].Trim();
        }

        const string KeyProtocol = "openai-insecure-api-key.";
        key ??= request.Query["api-key"];
        key ??= request.Headers["Sec-WebSocket-Protocol"].ToString().Split(',', StringSplitOptions.TrimEntries)
            .FirstOrDefault(p => p.StartsWith(KeyProtocol, StringComparison.Ordinal))?[KeyProtocol.Length..];
        return new RealtimeTwinConnection
        {
            Model = model,
            ApiKey = key,
            AsksForBeta = request.Headers["OpenAI-Beta"].ToString().Contains("realtime=v1", StringComparison.Ordinal),
        };
    }

    private static async Task AnswerAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new System.Text.Json.Nodes.JsonObject
        {
            ["error"] = new System.Text.Json.Nodes.JsonObject
            {
                ["message"] = message,
                ["type"] = status >= 500 ? "server_error" : "invalid_request_error",
                ["param"] = null,
                ["code"] = null,
            },
        }.ToJsonString());
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, _stopping.Token);
        await Task.Delay(delay, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
