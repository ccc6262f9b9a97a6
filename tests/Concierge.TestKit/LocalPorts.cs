using System.Net;
using System.Net.Sockets;

namespace Concierge.TestKit;

/// <summary>
/// Ports for servers whose address must be known before they start. They lie below the ranges that systems give outgoing connections ports of (Linux: from 32768), so that none of
/// those takes one in between, and a test program gives each only once in a while. Thread-safe.
/// </summary>
public static class LocalPorts
{
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int s_given = Random.Shared.Next(Count); // test programs that run side by side begin in different places

    /// <summary>A port of this machine that nobody listens on.</summary>
    public static int Free()
    {
        while (true)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_given) % Count);
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody's already.
            }
        }
    }
}
