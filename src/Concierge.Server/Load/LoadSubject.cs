using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Concierge.Server.Node;
using Concierge.Server.Shell;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>What stands between the two far ends in one run: our node, a relay, a bridge that a command starts, or one that runs already.</summary>
internal sealed class LoadSubject : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);

    private readonly LoadedProcess? _process;
    private readonly HttpClient? _http;
    private readonly Uri? _counters;

    private LoadSubject(Uri address, LoadedProcess? process, int? processId, HttpClient? http = null, Uri? counters = null)
    {
        Address = address;
        _process = process;
        _http = http;
        _counters = counters;
        ProcessId = process?.Id ?? processId;
    }

    /// <summary>Where the callers connect.</summary>
    public Uri Address { get; }

    public int? ProcessId { get; }

    /// <summary>The process before its first call.</summary>
    public ProcessUsage? Idle { get; private set; }

    public double? StartMilliseconds { get; private set; }

    /// <summary>What the subject says for itself when something failed.</summary>
    public string LastLines => _process?.LastLines ?? "";

    public ProcessUsage? Usage => ProcessId is { } id ? ProcessUsage.Read(id) : null;

    /// <summary>Starts our own node.</summary>
    public static async Task<LoadSubject> StartNodeAsync(LoadOptions options, int calls, IPEndPoint realtime, LoadCertificate? certificate, CancellationToken cancellationToken)
    {
        int port = FreePort();
        string scheme = certificate is null ? "ws" : "wss";
        Dictionary<string, string?> environment = new()
        {
            ["REALTIME_URL"] = $"{scheme}://127.0.0.1:{realtime.Port}/v1/realtime",
            ["REALTIME_AUTH"] = "none",
            ["AUDIO_MODE"] = options.Mode == LoadMode.Pcm16 ? "pcm16" : "pcmu",
            ["SERVER_HOST"] = "127.0.0.1",
            ["SERVER_PORT"] = $"{port}",
            ["REQUIRE_STREAM_TOKEN"] = "false",
            ["MAX_CALLS"] = $"{Math.Max(1_000, 4 * calls)}",
            ["LOG_LEVEL"] = Environment.GetEnvironmentVariable("LOG_LEVEL") ?? "warning",
            ["RUNTIME_COUNTERS"] = "true",

            // The largest load is to be found, not to be kept away.
            ["MAX_LATENESS_MS"] = options.Sheds ? Environment.GetEnvironmentVariable("MAX_LATENESS_MS") : "0",
            ["TWILIO_AUTH_TOKEN"] = null,
            ["TWILIO_AUTH_TOKEN_SECONDARY"] = null,
            ["TWILIO_ACCOUNT_SID"] = null,
            ["PUBLIC_DOMAIN"] = null,
            ["HTTP_PROXY"] = null,
            ["http_proxy"] = null,
        };
        certificate?.AddTo(environment);
        Stopwatch clock = Stopwatch.StartNew();

        // In a folder without anybody's .env.
        LoadedProcess process = LoadedProcess.StartSelf(["serve"], environment, options.BridgeCore, Path.GetTempPath());
        HttpClient http = new(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } });
        Uri root = new($"{(certificate is null ? "http" : "https")}://127.0.0.1:{port}");
        LoadSubject subject = new(new Uri($"{scheme}://127.0.0.1:{port}{FrontDoor.MediaStreamPath}"), process, null, http, new Uri(root, FrontDoor.RuntimePath));
        await subject.WaitAsync(clock, () => http.GetAsync(new Uri(root, FrontDoor.HealthPath), cancellationToken), cancellationToken);
        await subject.WarmedUpAsync(() => http.GetStringAsync(new Uri(root, FrontDoor.HealthPath), cancellationToken), cancellationToken);
        return subject;
    }

    /// <summary>Starts a bare relay, as a process of its own.</summary>
    public static async Task<LoadSubject> StartRelayAsync(LoadOptions options, IPEndPoint realtime, bool secure, CancellationToken cancellationToken)
    {
        int port = FreePort();
        Stopwatch clock = Stopwatch.StartNew();
        LoadedProcess process = LoadedProcess.StartSelf(
            ["load-relay", "--listen", $"127.0.0.1:{port}", "--to", $"127.0.0.1:{realtime.Port}"], new Dictionary<string, string?>(), options.BridgeCore, Path.GetTempPath());
        LoadSubject subject = new(new Uri($"{(secure ? "wss" : "ws")}://127.0.0.1:{port}/"), process, null);
        await subject.WaitAsync(clock, () => process.FirstLine.WaitAsync(s_patience, cancellationToken), cancellationToken);
        return subject;
    }

    /// <summary>Starts or finds somebody else's bridge.</summary>
    public static async Task<LoadSubject> StartOtherAsync(LoadOptions options, IPEndPoint realtime, LoadCertificate? certificate, CancellationToken cancellationToken)
    {
        Uri target = options.Target!;
        if (options.Command is not { } command)
        {
            LoadSubject running = new(target, null, options.ProcessId);
            running.Idle = running.Usage;
            return running;
        }

        Stopwatch clock = Stopwatch.StartNew();
        LoadSubject subject = new(target, LoadedProcess.StartCommand(command, Told(options, target.Port, realtime, certificate), options.BridgeCore), null);
        await subject.WaitAsync(clock, () => DialAsync(target, cancellationToken), cancellationToken);
        return subject;
    }

    /// <summary>Starts a bridge of another make.</summary>
    public static async Task<LoadSubject> StartPeerAsync(LoadOptions options, PeerBridge peer, IPEndPoint realtime, LoadCertificate? certificate, CancellationToken cancellationToken)
    {
        Uri target = new($"{(certificate is null ? "ws" : "wss")}://127.0.0.1:{FreePort()}/");
        Dictionary<string, string?> environment = Told(options, target.Port, realtime, certificate);
        foreach ((string name, string? value) in peer.Environment)
        {
            environment[name] = value;
        }

        Stopwatch clock = Stopwatch.StartNew();
        LoadSubject subject = new(target, LoadedProcess.Start(peer.Program, peer.Arguments, environment, options.BridgeCore, Path.GetTempPath()), null);
        await subject.WaitAsync(clock, () => DialAsync(target, cancellationToken), cancellationToken);
        return subject;
    }

    /// <summary>What the runtime has counted; null when the subject has no such counters.</summary>
    public async Task<RuntimeCounters?> ReadCountersAsync(CancellationToken cancellationToken)
    {
        if (_http is null || _counters is null)
        {
            return null;
        }

        try
        {
            string json = await _http.GetStringAsync(_counters, cancellationToken);
            return JsonSerializer.Deserialize(json, NodeJson.Default.RuntimeCounters);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _http?.Dispose();
        _process?.Dispose();
    }

    /// <summary>What a bridge that is not ours is told.</summary>
    private static Dictionary<string, string?> Told(LoadOptions options, int port, IPEndPoint realtime, LoadCertificate? certificate)
    {
        Dictionary<string, string?> environment = new()
        {
            ["PORT"] = $"{port}",
            ["REALTIME_URL"] = $"{(certificate is null ? "ws" : "wss")}://127.0.0.1:{realtime.Port}/v1/realtime",
            ["AUDIO_MODE"] = options.Mode == LoadMode.Pcm16 ? "pcm16" : "pcmu",
        };
        certificate?.AddTo(environment);
        return environment;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task DialAsync(Uri target, CancellationToken cancellationToken)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target.Host, target.Port, cancellationToken);
    }

    /// <summary>Waits until the node plays no calls to itself any more: only then it is idle.</summary>
    private async Task WarmedUpAsync(Func<Task<string>> health, CancellationToken cancellationToken)
    {
        while (JsonSerializer.Deserialize(await health(), NodeJson.Default.NodeHealth)?.Warming == true)
        {
            await Task.Delay(100, cancellationToken);
        }

        Idle = Usage;
    }

    private async Task WaitAsync(Stopwatch clock, Func<Task> attempt, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await attempt();
                    StartMilliseconds = clock.Elapsed.TotalMilliseconds;
                    await Task.Delay(s_settle, cancellationToken);
                    Idle = Usage;
                    return;
                }
                catch (Exception exception) when (exception is HttpRequestException or SocketException && clock.Elapsed < s_patience && !_process!.HasExited)
                {
                    await Task.Delay(5, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or TimeoutException)
        {
            string said = LastLines;
            Dispose();
            throw new CommandException(ExitCodes.Failed, $"what was to be measured did not start within {s_patience.TotalSeconds:0} s, or ended. It said: {(said.Length == 0 ? "nothing" : said)}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
