using System.Net;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Scenarios;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// The model's twin on a loopback port: the vendor's Realtime paths (<c>/v1/realtime?model=</c> and Azure's <c>/openai/v1/realtime?model=</c>), its way of refusing,
/// one <see cref="RealtimeTwinSession"/> for each connection; client secrets, responses and chat completions by HTTP; <c>/twin</c> for faults and records.
/// </summary>
public sealed class RealtimeTwinServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly RealtimeUpgrade _upgrade;
    private readonly RealtimeControl _control;
    private readonly ModelHttpApi _http;
    private readonly Lock _gate = new();
    private readonly List<RealtimeTwinSession> _sessions = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _sessionsChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    private RealtimeTwinServer(WebApplication app, Func<int, Scenario> scenarios, Func<int, RealtimeTwinOptions> options, TimeProvider time, TextScript? text)
    {
        _app = app;
        _time = time;
        var secrets = new RealtimeClientSecrets(time);
        _control = new RealtimeControl(() => Sessions);
        _http = new ModelHttpApi(text ?? TextScript.From(scenarios(0)), options(0).ApiKey, secrets, time);
        _upgrade = new RealtimeUpgrade(RunSessionAsync, scenarios, options, _control, secrets, time, _stopping.Token);
    }

    /// <summary>The address to give a client as <c>REALTIME_URL</c>: <c>ws://127.0.0.1:PORT/v1/realtime</c>.</summary>
    public Uri Url { get; private set; } = new("ws://127.0.0.1/v1/realtime");

    /// <summary>Called with each session before it opens, on the server's thread.</summary>
    public Action<RealtimeTwinSession>? SessionStarting { get; set; }

    /// <summary>Called with each session when it is over.</summary>
    public Action<RealtimeTwinSession>? SessionEnded { get; set; }

    /// <summary>The address of the text interfaces, for a client's base URL: <c>http://127.0.0.1:PORT/v1</c>.</summary>
    public Uri HttpUrl => new UriBuilder(Url) { Scheme = "http", Path = "/v1" }.Uri;

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
    /// <param name="text">What <c>/v1/responses</c> and <c>/v1/chat/completions</c> answer; null takes the agent's turns of the (first) scenario.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<RealtimeTwinServer> StartAsync(Scenario scenario, RealtimeTwinOptions? options = null, int port = 0, TimeProvider? time = null, TextScript? text = null)
    {
        RealtimeTwinOptions behaviour = options ?? new RealtimeTwinOptions();
        return StartAsync(_ => scenario, _ => behaviour, port, time, text);
    }

    /// <summary>Starts a server whose connections may differ: the functions are given each connection's number, from 0.</summary>
    /// <param name="scenarios">What the model says on a connection.</param>
    /// <param name="options">How the twin behaves on it.</param>
    /// <param name="port">Port on the loopback interface; 0 takes a free one.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="text">What <c>/v1/responses</c> and <c>/v1/chat/completions</c> answer; null takes the agent's turns of the (first) scenario.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RealtimeTwinServer> StartAsync(
        Func<int, Scenario> scenarios, Func<int, RealtimeTwinOptions> options, int port = 0, TimeProvider? time = null, TextScript? text = null)
    {
        ArgumentNullException.ThrowIfNull(scenarios);
        ArgumentNullException.ThrowIfNull(options);
        // Empty: no configuration, no logging, no environment of the host program leaks in.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 32 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        WebApplication app = builder.Build();
        var server = new RealtimeTwinServer(app, scenarios, options, time ?? TimeProvider.System, text);
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
        if (path is "/v1/realtime" or "/openai/v1/realtime")
        {
            await _upgrade.HandleAsync(context, Interlocked.Increment(ref _connections) - 1);
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        TextReply reply = path.StartsWith("/twin", StringComparison.Ordinal)
            ? _control.Handle(context.Request.Method, path, context.Request.QueryString.Value ?? "", body)
            : _http.Handle(context.Request.Method, path, RealtimeUpgrade.KeyOf(context.Request), body);
        await TextReplyWriter.WriteAsync(context, reply, _time, _stopping.Token);
    }

    private async Task RunSessionAsync(RealtimeTwinSession session)
    {
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
            SessionEnded?.Invoke(session);
        }
    }
}
