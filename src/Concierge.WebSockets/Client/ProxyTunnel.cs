using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Concierge.WebSockets;

/// <summary>Opens a tunnel through an HTTP proxy on a connected socket (RFC 9110 §9.3.6).</summary>
internal static class ProxyTunnel
{
    public static async ValueTask OpenAsync(Socket socket, Uri proxy, string host, int port, int maxHead, CancellationToken ct)
    {
        string name = $"The proxy {proxy.Host}:{proxy.Port}";
        byte[] request = Encoding.Latin1.GetBytes(WebSocketProxy.FormatConnect(proxy, host, port));
        byte[] head = new byte[maxHead];
        int length = 0;
        try
        {
            for (int sent = 0; sent < request.Length;)
            {
                sent += await socket.SendAsync(request.AsMemory(sent), ct);
            }

            while (true)
            {
                int received = await socket.ReceiveAsync(head.AsMemory(length), ct);
                length += received;
                OperationStatus status = HttpHeadParser.Parse(head.AsSpan(0, length), maxHead, isResponse: true, out HttpHead? response, out int consumed, out _);
                if (status == OperationStatus.Done)
                {
                    // The far end waits for us, so nothing may follow the head yet: it would be the proxy's own words.
                    if (response!.Second[0] == '2' && consumed == length)
                    {
                        return;
                    }

                    throw Refuse($"{name} answered {response.Second} {response.Third}.");
                }

                if (status == OperationStatus.InvalidData)
                {
                    throw Refuse($"{name} did not answer in HTTP.");
                }

                if (received == 0)
                {
                    throw Refuse($"{name} closed the connection.");
                }
            }
        }
        catch (SocketException exception)
        {
            throw new WebSocketConnectException(WebSocketConnectError.ProxyRefused, $"{name} dropped the connection.", exception);
        }
    }

    private static WebSocketConnectException Refuse(string message) => new(WebSocketConnectError.ProxyRefused, message);
}
