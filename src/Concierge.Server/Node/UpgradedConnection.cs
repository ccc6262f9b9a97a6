using System.IO.Pipelines;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>An upgraded HTTP connection as a pair of pipes. The server owns the stream beneath.</summary>
internal sealed class UpgradedConnection : IDuplexPipe, IAsyncDisposable
{
    public UpgradedConnection(Stream stream)
    {
        Input = WebSocketStreams.CreateReader(stream);
        Output = WebSocketStreams.CreateWriter(stream);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await Output.CompleteAsync();
    }
}
