using System.IO.Pipelines;

namespace Concierge.Pipelines;

/// <summary>Dials the Realtime API for one call: over TLS in production, over memory under the virtual clock.</summary>
public interface IModelConnector
{
    /// <summary>
    /// Connects and completes the WebSocket upgrade. The pipe carries frames from the first byte after the handshake;
    /// the session disposes what it is given if that is <see cref="IAsyncDisposable"/>.
    /// </summary>
    /// <exception cref="ModelConnectException">The server could not be reached, refused, or did not answer in time.</exception>
    ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken);
}
