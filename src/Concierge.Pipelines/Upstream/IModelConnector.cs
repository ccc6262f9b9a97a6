using System.IO.Pipelines;
using Concierge.Protocols.MediaStreams;

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

    /// <summary>
    /// Gives the session that was dialled and configured before the call's stream began, if there is one for this call; it may still be under way, and is waited for.
    /// Asked once, after the controller has accepted the stream; the call owns what it gets.
    /// </summary>
    /// <param name="start">The stream.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when there is none: the call dials for itself.</returns>
    ValueTask<PreparedModel?> TryClaimAsync(StreamStart start, CancellationToken cancellationToken) => ValueTask.FromResult<PreparedModel?>(null);

    /// <summary>
    /// Told how each session came about, and of sessions in use that were refused for good: what a node knows of its model, it knows from all of its calls. Any thread.
    /// </summary>
    /// <param name="failure">Why it did not; null when it is configured and ready.</param>
    void Report(ModelConnectException? failure)
    {
    }
}
