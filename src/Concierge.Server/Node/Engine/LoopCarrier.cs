using System.IO.Pipelines;
using Concierge.WebSockets;

namespace Concierge.Server.Node.Engine;

/// <summary>A media stream on an event loop.</summary>
/// <param name="Loop">The loop; the call's other connection belongs on it too.</param>
/// <param name="Input">From the carrier.</param>
/// <param name="Output">To the carrier.</param>
internal sealed record LoopCarrier(EventLoop Loop, PipeReader Input, PipeWriter Output) : IDuplexPipe;
