using System.Net;
using System.Net.Sockets;

namespace Concierge.WebSockets.Tests;

/// <summary>A listener on a free loopback port, and what tests do with it.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public Loopback()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen(32);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public Uri Address => new($"ws://127.0.0.1:{Port}/path?q=1");

    /// <summary>No environment's proxy, no long waits.</summary>
    public static WebSocketConnectorOptions Direct { get; } = new() { Proxy = _ => null };

    public static Task<Socket> DialAsync(int port) => DialAsync(port, receiveBuffer: 0);

    public static async Task<Socket> DialAsync(int port, int receiveBuffer)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    public async Task<WebSocketTransport> AcceptAsync() => WebSocketTransport.FromSocket(await _socket.AcceptAsync());

    public Task<Socket> AcceptSocketAsync() => _socket.AcceptAsync();

    /// <summary>A raw client's socket and the transport that took it.</summary>
    public async Task<(Socket Client, WebSocketTransport Server)> PairAsync(int receiveBuffer = 0)
    {
        Socket client = await DialAsync(Port, receiveBuffer);
        return (client, await AcceptAsync());
    }

    public async Task ServeAsync(Func<WebSocketTransport, Task> serve)
    {
        await using WebSocketTransport transport = await AcceptAsync();
        await serve(transport);
    }

    public void Dispose() => _socket.Dispose();
}
