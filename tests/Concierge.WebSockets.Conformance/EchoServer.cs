using System.Net;
using System.Net.Sockets;

namespace Concierge.WebSockets.Conformance;

/// <summary>Accepts WebSocket connections on any path and echoes.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public EchoServer(int port)
    {
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Any, port));
        _listener.Listen(512);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptAsync(ct));
        }
    }

    public void Dispose() => _listener.Dispose();

    private static async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        await using WebSocketTransport transport = WebSocketTransport.FromSocket(socket, readBufferSize: 64 * 1024);
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
            (HttpHead? _, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(transport, ct: patience.Token);
            if (decision.IsAccepted)
            {
                await Echo.RunAsync(transport, WebSocketRole.Server);
            }
            else
            {
                await transport.CloseAsync(WebSocketRole.Server, TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // This peer is gone or too slow; the others go on.
            transport.Abort();
        }
    }
}
