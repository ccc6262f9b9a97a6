using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Concierge.Server.Node.Engine;

/// <summary>Kestrel's connections on the node's event loops: Kestrel parses HTTP, and a media stream is handed over whole once it is one.</summary>
/// <param name="loops">The loops.</param>
/// <param name="certificate">With it, TLS is spoken on each connection before Kestrel sees it.</param>
internal sealed class LoopTransportFactory(NodeLoops loops, X509Certificate2? certificate) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return ValueTask.FromResult<IConnectionListener>(new LoopConnectionListener(loops, (IPEndPoint)endpoint, certificate));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }
}
