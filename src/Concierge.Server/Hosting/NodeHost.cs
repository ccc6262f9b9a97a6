using System.Net;
using Concierge.Calls.Twilio;
using Concierge.Server.Api;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Node.Engine;
using Concierge.Server.Requests;
using Concierge.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Concierge.Server.Hosting;

/// <summary>A running node: Kestrel in front, calls behind. Listens from its start to <see cref="StopAsync"/>.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan s_tokenLife = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly NodeLoops? _loops;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private NodeHost(WebApplication app, NodeLoops? loops, NodeOptions options, TimeProvider time)
    {
        _app = app;
        _loops = loops;
        _options = options;
        _time = time;
        _log = app.Services.GetRequiredService<ILogger<NodeHost>>();
        Calls = app.Services.GetRequiredService<CallRegistry>();
        Address = new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "[::1]", StringComparison.Ordinal));
    }

    /// <summary>Where this machine reaches the node, with the port that was truly taken.</summary>
    public Uri Address { get; }

    /// <summary>The calls that run here.</summary>
    public CallRegistry Calls { get; }

    /// <summary>What the node is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Store, book and carrier; null on a node that keeps nothing.</summary>
    public NodeCalls? Memory { get; private init; }

    /// <summary>Builds the node and listens.</summary>
    /// <param name="options">The validated settings.</param>
    /// <param name="time">The clock; real sockets want the system's.</param>
    /// <param name="createHandler">Makes what serves the streams; it gets the node's tokens to check and its loggers.</param>
    /// <param name="configureLogging">Where log lines go; null for nowhere.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static Task<NodeHost> StartAsync(
        NodeOptions options,
        TimeProvider time,
        Func<StreamTokens, ILoggerFactory, IMediaStreamHandler> createHandler,
        Action<ILoggingBuilder>? configureLogging = null,
        CancellationToken cancellationToken = default) =>
        StartAsync(options, time, services => createHandler(services.Tokens, services.Loggers), configureLogging, null, cancellationToken);

    /// <summary>Builds the node and listens.</summary>
    /// <param name="options">The validated settings.</param>
    /// <param name="time">The clock; real sockets want the system's.</param>
    /// <param name="createHandler">Makes what serves the streams.</param>
    /// <param name="configureLogging">Where log lines go; null for nowhere.</param>
    /// <param name="configureServices">Adds to the node what others bring: an <see cref="IRequestProcessor"/>. <see cref="NodeServices"/> can be asked for.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    /// <exception cref="Calls.Store.CallStoreException">The call store can never be used as it is.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeOptions options,
        TimeProvider time,
        Func<NodeServices, IMediaStreamHandler> createHandler,
        Action<ILoggingBuilder>? configureLogging = null,
        Action<IServiceCollection>? configureServices = null,
        CancellationToken cancellationToken = default)
    {
        // Empty, not slim: nothing is read from ASPNETCORE_* or from files that NodeConfiguration does not know of.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        NodeLoops? loops = NodeLoops.Start(options);
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true).ConfigureKestrel(kestrel => Configure(kestrel, options, loops));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services =>
            loops is null ? ActivatorUtilities.CreateInstance<ReservingTransportFactory>(services) : new LoopTransportFactory(loops, options.Certificate));

        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging =>
        {
            // The host's own report of a failed start is a stack trace; whoever starts the node tells it in words.
            logging.SetMinimumLevel(options.LogLevel)
                .AddFilter("Microsoft", options.LogLevel < LogLevel.Information ? LogLevel.Information : LogLevel.Warning)
                .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)

                // It writes every request's address down, with the numbers that are asked for in it.
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", options.LogLevel < LogLevel.Warning ? LogLevel.Warning : options.LogLevel);
            configureLogging?.Invoke(logging);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, CallerLifetime>());
        builder.Services
            .AddSingleton(options)
            .AddSingleton(time)
            .AddSingleton(new CallRegistry(options.MaxCalls))
            .AddSingleton(new RemoteCaps(options.MaxStreamsPerRemote))
            .AddSingleton(services => new OverloadWatch(
                options, loops, services.GetRequiredService<CallRegistry>(), time, services.GetRequiredService<ILogger<OverloadWatch>>()))
            .AddSingleton(services => new StreamTokens(time, s_tokenLife, options.AuthTokens, services.GetService<NodeCalls>()?.Store))
            .AddSingleton(services => new NodeServices(services.GetRequiredService<StreamTokens>(), services.GetRequiredService<ILoggerFactory>(), services.GetService<NodeCalls>()) { Provider = services })
            .AddSingleton<WarmUpProgress>()
            .AddSingleton<RequestAuthority>()
            .AddSingleton<ApiAuthority>()
            .AddSingleton<TwimlEndpoint>()
            .AddSingleton<HandOverEndpoint>()
            .AddSingleton<TwilioStatusEndpoint>()
            .AddSingleton<CallsApi>()
            .AddSingleton<MetricsEndpoint>()
            .AddSingleton<MediaStreamEndpoint>()
            .AddSingleton(services => createHandler(services.GetRequiredService<NodeServices>()));
        NodeCalls? memory = null;
        if (options.Calls is not null)
        {
            // The secret goes to the configured host only, and addresses with the account in them into no log.
            builder.Services.AddHttpClient(TwilioClient.HttpClientName).RemoveAllLoggers()
                .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
            builder.Services.AddSingleton(_ => memory!);
        }

        configureServices?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        try
        {
            if (options.Calls is { } calls)
            {
                memory = await NodeCalls.OpenAsync(
                    calls, options.PublicUrl, app.Services.GetRequiredService<IHttpClientFactory>(), time, app.Services.GetRequiredService<ILoggerFactory>(), cancellationToken);
            }

            if (loops is not null)
            {
                ILogger log = app.Services.GetRequiredService<ILogger<NodeHost>>();
                loops.Faulted = exception => NodeLog.LoopFaulted(log, exception);
            }

            app.MapConcierge();
            await app.StartAsync(cancellationToken);
            app.Services.GetRequiredService<OverloadWatch>();
            NodeHost host = new(app, loops, options, time) { Memory = memory };
            NodeLog.Listening(host._log, host.Address.ToString());
            if (DescriptorReserve.Limit is { } limit && limit < DescriptorsFor(options.MaxCalls))
            {
                NodeLog.FewDescriptors(host._log, limit, options.MaxCalls, DescriptorsFor(options.MaxCalls));
            }

            return host;
        }
        catch
        {
            await app.DisposeAsync();
            loops?.Dispose();
            if (memory is not null)
            {
                await memory.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Sees the calls out, then closes the door.</summary>
    /// <param name="force">Cancelled when nobody wants to wait any longer.</param>
    /// <returns>Whether every call ended by itself.</returns>
    public async Task<bool> StopAsync(CancellationToken force = default)
    {
        // 1. New calls are refused, running ones asked to end; the door stays open for health checks meanwhile.
        NodeLog.Draining(_log, Calls.Running, _options.DrainTime.TotalSeconds);
        bool inOrder = await Calls.DrainAsync(_options.DrainTime, _time, force);
        if (inOrder)
        {
            NodeLog.Drained(_log);
        }
        else
        {
            NodeLog.CutOff(_log, Calls.Running);
        }

        // 2. The listener closes; nothing is left that could need longer than this.
        using CancellationTokenSource bound = new(TimeSpan.FromSeconds(5), _time);
        await _app.StopAsync(bound.Token);
        return inOrder;
    }

    public async ValueTask DisposeAsync()
    {
        Calls.BeginDrain();
        await _app.DisposeAsync();
        _loops?.Dispose();
        if (Memory is { } memory)
        {
            await memory.DisposeAsync();
        }
    }

    /// <summary>A call's two sockets, and what the program, its store and other requests need besides.</summary>
    private static int DescriptorsFor(int calls) => (2 * calls) + 500;

    /// <summary>Kestrel's part of the limits: up to the upgrade. From there on they are the session's.</summary>
    private static void Configure(KestrelServerOptions kestrel, NodeOptions options, NodeLoops? loops)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = options.HeadTimeout;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxCalls + 1;
        kestrel.Limits.MaxConcurrentConnections = options.MaxCalls + 1_000;
        IPAddress address = options.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Host);
        kestrel.Listen(address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (loops is null && options.Certificate is { } certificate)
            {
                listen.UseHttps(certificate);
            }
        });
    }
}
