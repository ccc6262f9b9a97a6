using Concierge.Agents.Usage;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Realtime;

/// <summary>What all sessions of a runner share.</summary>
public sealed record RealtimeRunnerOptions
{
    /// <summary>The node's settings of the model's session; agents override what they set themselves.</summary>
    public RealtimeSessionConfig Session { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Checks a stream before anything is dialled; throws <see cref="Pipelines.CallRejectedException"/> to refuse it.</summary>
    public Func<StreamStart, CancellationToken, ValueTask>? Admit { get; init; }

    /// <summary>
    /// Chooses who begins once the stream is known, and may fill the conversation's context; null as its answer leaves the choice made before. A name that the set does not
    /// have refuses the call.
    /// </summary>
    public Func<StreamStart, AgentContext, CancellationToken, ValueTask<string?>>? Choose { get; init; }

    /// <summary>How agents behave on the line that say nothing about it themselves.</summary>
    public CallConduct Conduct { get; init; } = CallConduct.Attentive;

    /// <summary>Where failures are noted.</summary>
    public ILoggerFactory? Loggers { get; init; }

    /// <summary>What a model's tokens cost; null leaves the cost unknown.</summary>
    public Func<string, ModelUsage, decimal?>? Price { get; init; }

    /// <summary>Whether the vendor traces the session too, and under which workflow; null for not. Group and trace id are filled in: one id links both traces.</summary>
    public string? VendorWorkflow { get; init; }

    /// <summary>Whether the call's turns and answers are spans of <see cref="Tracing.AgentTelemetry"/>; false for calls that are nobody's.</summary>
    public bool Traced { get; init; } = true;

    /// <summary>After how many characters of an answer its guardrails look at it again.</summary>
    public int GuardrailInterval { get; init; } = 100;

    /// <summary>Answers stopped one after the other until the call is ended.</summary>
    public int MaxGuardrailTrips { get; init; } = 3;

    /// <summary>How long a tool waits for approval before the call is refused.</summary>
    public TimeSpan ApprovalTimeout { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>How long a change of the session may take to be confirmed.</summary>
    public TimeSpan UpdateTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long tool servers may take when a call begins; an agent goes without the ones that are late.</summary>
    public TimeSpan ToolServerTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The events that wait for a reader of <see cref="RealtimeSession.EventsAsync"/>; the oldest are dropped beyond it.</summary>
    public int EventCapacity { get; init; } = 4096;
}
