using System.IO.Pipelines;
using Concierge.Pipelines;

namespace Concierge.Server.Node;

/// <summary>Serves one media stream from its first frame to its last.</summary>
internal interface IMediaStreamHandler
{
    /// <summary>Runs until both far ends are closed. Does not throw for anything a far end does.</summary>
    /// <param name="carrier">The upgraded connection: WebSocket frames from the first byte.</param>
    /// <param name="draining">Cancelled when the node wants the call to end in order.</param>
    Task<CallEndReason> RunAsync(IDuplexPipe carrier, CancellationToken draining);
}
