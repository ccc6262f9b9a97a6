using System.IO.Pipelines;
using Concierge.Pipelines;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>Serves one media stream from its first frame to its last.</summary>
internal interface IMediaStreamHandler
{
    /// <summary>Runs until both far ends are closed. Does not throw for anything a far end does.</summary>
    /// <param name="carrier">The upgraded connection: WebSocket frames from the first byte.</param>
    /// <param name="draining">Cancelled when the node wants the call to end in order.</param>
    Task<CallEndReason> RunAsync(IDuplexPipe carrier, CancellationToken draining);

    /// <summary>A stream is on its way: the carrier has been told to connect a call here. Returns at once.</summary>
    /// <param name="token">The one-time token that the stream will show.</param>
    /// <param name="loop">The event loop to dial on; null for the platform's engine.</param>
    /// <param name="call">What is known of the call.</param>
    void Expect(string token, EventLoop? loop, ExpectedCall call)
    {
    }

    /// <summary>Whether a call that comes now could be served.</summary>
    bool CanServe => true;
}
