using Concierge.Agents.Reservations;
using Concierge.Agents.Text;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Requests;

namespace Concierge.Server.Hosting;

/// <summary>A node with its agents: those on its calls, those that take requests in words, and the way between them.</summary>
internal static class NodeComposition
{
    /// <summary>Builds the node and listens.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="concierge">Those of requests in words.</param>
    /// <param name="agents">The agents; not disposed with the node.</param>
    /// <param name="time">The clock; real sockets want the system's.</param>
    /// <param name="configureLogging">Where log lines go; null for nowhere.</param>
    /// <param name="session">Bounds and choices of the calls; null for the node's own.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <inheritdoc cref="NodeHost.StartAsync(NodeOptions, TimeProvider, Func{NodeServices, IMediaStreamHandler}, Action{ILoggingBuilder}?, Action{IServiceCollection}?, CancellationToken)" path="/exception"/>
    public static Task<NodeHost> StartAsync(
        NodeOptions options,
        ConciergeOptions concierge,
        NodeAgents agents,
        TimeProvider time,
        Action<ILoggingBuilder>? configureLogging = null,
        CallSessionOptions? session = null,
        CancellationToken cancellationToken = default)
    {
        if (options.Calls is { } calls)
        {
            options = options with { Calls = calls with { Agents = () => agents.Current.OnLineNames } };
        }

        ITextModel model = concierge.CreateModel(time);
        return NodeHost.StartAsync(
            options,
            time,
            node => new CallStreamHandler(
                options,
                node.Tokens,
                admit => agents.Plan(admit, node, node.Provider?.GetService<OutcomeAnalysis>()),
                node.Loggers,
                time,
                session,
                expected: (call, token) => agents.ExpectAsync(call, node, token),
                calls: node.Calls,
                places: node.Provider?.GetService<CallRegistry>()),
            configureLogging,
            services =>
            {
                if (options.Calls is not null)
                {
                    services.AddSingleton(provider => new OutcomeAnalysis(
                        () => agents.Current, model, provider.GetRequiredService<NodeCalls>(), provider.GetRequiredService<ILoggerFactory>()));
                    services.AddSingleton<IRequestProcessor>(provider => CreateProcessor(
                        concierge, agents, model, provider.GetRequiredService<NodeCalls>(), provider.GetRequiredService<OutcomeAnalysis>(), time, provider.GetRequiredService<ILoggerFactory>()));
                }
            },
            cancellationToken);
    }

    /// <summary>The text side of a node: with a carrier it has restaurants phoned, without one it plays the calls.</summary>
    private static RequestProcessor CreateProcessor(
        ConciergeOptions concierge, NodeAgents agents, ITextModel model, NodeCalls calls, OutcomeAnalysis analysis, TimeProvider time, ILoggerFactory loggers)
    {
        IReservationDesk desk = calls.Outbound is { } outbound
            ? new OutboundReservationDesk(outbound, calls.Store, analysis.ReadTranscriptAsync, analysis.AnalyseAsync)
            : new SimulatedReservationDesk(() => agents.Current);
        ConciergeOptions with = desk.IsSimulated ? concierge.WithSomebodyToCall() : concierge;
        return new RequestProcessor(new ConciergeService(with, () => agents.Current, model, desk, calls.Store, time, loggers));
    }
}
