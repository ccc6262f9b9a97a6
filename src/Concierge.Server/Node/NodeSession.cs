using Concierge.Agents;
using Concierge.Agents.Realtime;
using Concierge.Agents.Usage;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;

namespace Concierge.Server.Node;

/// <summary>The model's session as the node's settings describe it; agents add instructions and tools.</summary>
internal static class NodeSession
{
    public static RealtimeSessionConfig Create(NodeOptions options) => new()
    {
        Model = options.Model,
        Voice = options.Voice,
        InputTranscription = new RealtimeTranscription(options.TranscriptionModel),

        // Spelled out: the documented default of the silence is 500 ms, 200 ms is what servers were seen to use.
        TurnDetection = options.TurnDetection == TurnDetection.SemanticVad
            ? RealtimeTurnDetection.SemanticVad
            : RealtimeTurnDetection.ServerVad with { Threshold = 0.5, PrefixPaddingMs = 300, SilenceDurationMs = 500 },
    };

    /// <summary>What the sessions of agents share on this node.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="time">The clock of the calls.</param>
    /// <param name="admit">The node's check of a stream.</param>
    /// <param name="loggers">Where agents log; null for nowhere.</param>
    public static RealtimeRunnerOptions RunnerOptions(
        NodeOptions options, TimeProvider time, Func<StreamStart, CancellationToken, ValueTask> admit, ILoggerFactory? loggers = null) => new()
        {
            Session = Create(options),
            Conduct = Conduct(options),
            Time = time,
            Admit = admit,
            Loggers = loggers,
            Price = (model, used) => options.Prices.Cost(model, options.TranscriptionModel, ToUsage(used))?.Amount,
        };

    /// <summary>The model's session as the set's first agent begins it: what is dialled ahead of a stream.</summary>
    /// <param name="agents">The agents.</param>
    /// <param name="options">The node's settings.</param>
    /// <param name="time">The clock of the calls.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<RealtimeSessionConfig> ExpectAsync(AgentSet agents, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        RealtimeSession session = new RealtimeRunner(agents, RunnerOptions(options, time, static (_, _) => ValueTask.CompletedTask)).CreateSession();
        return session.Conduct.Apply(await session.ExpectAsync(cancellationToken));
    }

    /// <summary>How agents behave that say nothing of it themselves.</summary>
    private static CallConduct Conduct(NodeOptions options) => CallConduct.Attentive with
    {
        BargeIn = new BargeInPolicy { MinimumSpeech = options.MinimumInterruption, Local = options.LocalBargeIn ? new LocalBargeIn() : null },
    };

    private static CallUsage ToUsage(ModelUsage used) => new()
    {
        Responses = 1,
        InputText = used.InputText,
        InputAudio = used.InputAudio,
        InputCached = used.InputCached,
        OutputText = used.OutputText,
        OutputAudio = used.OutputAudio,
    };
}
