using Concierge.Calls.Twilio;

namespace Concierge.Server.Node;

/// <summary>What the node gives to whoever serves its streams.</summary>
/// <param name="Tokens">The streams' one-time tokens.</param>
/// <param name="Loggers">The node's loggers.</param>
/// <param name="Calls">Book, store and outbound calls; null on a node that keeps nothing.</param>
internal sealed record NodeServices(StreamTokens Tokens, ILoggerFactory Loggers, NodeCalls? Calls)
{
    /// <summary>What was added to the node; null where nothing was.</summary>
    public IServiceProvider? Provider { get; init; }
}
