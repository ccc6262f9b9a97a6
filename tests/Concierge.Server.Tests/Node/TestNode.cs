using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Microsoft.Extensions.Logging;

namespace Concierge.Server.Tests.Node;

/// <summary>A node on a loopback port of its own, and the plain clients to talk to it with.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private TestNode(NodeHost host) => Host = host;

    public NodeHost Host { get; }

    public HttpClient Http { get; } = new();

    public static NodeOptions Options { get; } = new()
    {
        RealtimeUrl = new Uri("ws://127.0.0.1:9/v1/realtime?model=m"),
        Authentication = RealtimeAuthentication.None,
        Model = "m",
        Host = "127.0.0.1",
        Port = 0,
        DrainTime = TimeSpan.FromSeconds(20),
    };

    public static Task<TestNode> StartAsync(NodeOptions? options = null, IMediaStreamHandler? handler = null) =>
        StartAsync(options ?? Options, (_, _) => handler ?? new EchoHandler());

    public static async Task<TestNode> StartAsync(NodeOptions options, Func<StreamTokens, ILoggerFactory, IMediaStreamHandler> createHandler, ILoggerProvider? logging = null)
    {
        TestNode node = new(await NodeHost.StartAsync(options, TimeProvider.System, createHandler, logging is null ? null : builder => builder.AddProvider(logging)));
        node.Http.BaseAddress = node.Host.Address;
        return node;
    }

    public static CancellationToken Patience() => new CancellationTokenSource(s_patience).Token;

    /// <summary>Opens the media stream with the platform's own client.</summary>
    public async Task<ClientWebSocket> DialAsync(string? signature = null)
    {
        ClientWebSocket socket = new();
        if (signature is not null)
        {
            socket.Options.SetRequestHeader("X-Twilio-Signature", signature);
        }

        await socket.ConnectAsync(new Uri($"ws://{Host.Address.Authority}/media-stream"), Patience());
        return socket;
    }

    /// <summary>Sends a raw request and returns the raw head of the answer.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(Host.Address.Authority), Patience());
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Patience());
        StringBuilder answer = new();
        byte[] buffer = new byte[4_096];
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await socket.ReceiveAsync(buffer, Patience());
            if (read == 0)
            {
                break;
            }

            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
