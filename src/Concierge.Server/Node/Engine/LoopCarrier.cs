using System.IO.Pipelines;
using Concierge.WebSockets;

namespace Concierge.Server.Node.Engine;

/// <summary>A media stream on an event loop, out of the server's hands: the server has ended its request and keeps nothing of it.</summary>
/// <param name="bottom">The socket.</param>
/// <param name="top">It, or TLS over it.</param>
/// <param name="input">From the carrier; what followed the request is still in it.</param>
internal sealed class LoopCarrier(LoopStream bottom, Stream top, PipeReader input) : IDuplexPipe, IDisposable
{
    /// <summary>The loop; the call's other connection belongs on it too.</summary>
    public EventLoop Loop => bottom.Loop;

    /// <inheritdoc/>
    public PipeReader Input => input;

    /// <inheritdoc/>
    public PipeWriter Output { get; } = WebSocketStreams.CreateWriter(top);

    /// <summary>Closes the connection under whoever uses it. Any thread.</summary>
    public void Abort() => LoopConnection.Close(bottom, top);

    /// <summary>Closes the connection; nobody uses it any more.</summary>
    public void Dispose()
    {
        Abort();
        Input.Complete();
        Output.Complete();
    }
}
