using System.IO.Pipelines;

namespace Concierge.Server.Node;

/// <summary>An upgraded HTTP connection as a pair of pipes. The server owns the stream beneath.</summary>
internal sealed class UpgradedConnection : IDuplexPipe, IAsyncDisposable
{
    public UpgradedConnection(Stream stream)
    {
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await Output.CompleteAsync();
    }
}
