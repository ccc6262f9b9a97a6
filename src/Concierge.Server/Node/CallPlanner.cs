using Concierge.Protocols.MediaStreams;

namespace Concierge.Server.Node;

/// <summary>Plans one call; called once per media stream, before its first message.</summary>
/// <param name="admit">The node's check of the stream (its one-time token); the controller runs it before anything is dialled.</param>
internal delegate CallPlan CallPlanner(Func<StreamStart, CancellationToken, ValueTask> admit);
