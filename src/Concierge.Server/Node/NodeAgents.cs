using Concierge.Agents;
using Concierge.Agents.Ready;
using Concierge.Agents.Realtime;
using Concierge.Agents.Telephone;
using Concierge.Calls.Life;
using Concierge.Calls.Reservations;
using Concierge.Calls.Store;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;
using Concierge.Server.Requests;

namespace Concierge.Server.Node;

/// <summary>
/// Who speaks on this node's calls, and what they are told: a call that was ordered has the agent and the request it was ordered with, one that came in the agent of the
/// called number. Also their book of places to put callers through to, the box for messages, and the way of their outcomes into the call book.
/// </summary>
internal sealed class NodeAgents : IAsyncDisposable
{
    /// <summary>The stream's parameter that names the agent.</summary>
    public const string Parameter = "agent";

    private readonly AgentCastSource _source;
    private readonly TransferBook? _transfers;
    private readonly MessageFile _messages;
    private readonly RealtimeRunnerOptions _shared; // what no call has for itself
    private readonly string? _conciergeName;

    private NodeAgents(NodeOptions options, AgentCastSource source, TransferBook? transfers, string dataDirectory, string? vendorWorkflow, string? conciergeName, bool traced)
    {
        _source = source;
        _transfers = transfers;
        _shared = NodeSession.RunnerOptions(options, TimeProvider.System, static (_, _) => ValueTask.CompletedTask) with { VendorWorkflow = vendorWorkflow, Traced = traced };
        _conciergeName = conciergeName;
        _messages = new MessageFile(Path.Combine(dataDirectory, "messages.jsonl"));
    }

    /// <summary>Reads the agents.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="path">The operator's agent file; null for none.</param>
    /// <param name="transfers">Where callers may be put through to; null for nowhere.</param>
    /// <param name="dataDirectory">Where messages are kept.</param>
    /// <param name="vendorWorkflow">The vendor's trace; null for none.</param>
    /// <param name="conciergeName">In whose name agents call; null for the file's own.</param>
    /// <param name="loggers">Where reloading is noted.</param>
    /// <exception cref="AgentDefinitionException">The file cannot be used.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NodeAgents Open(
        NodeOptions options, string? path, TransferBook? transfers, string dataDirectory, string? vendorWorkflow = null, string? conciergeName = null, ILoggerFactory? loggers = null) =>
        new(options, new AgentCastSource(path, FrontDeskAgent.Create(options).Start, loggers), transfers, dataDirectory, vendorWorkflow, conciergeName, traced: true);

    /// <summary>The agents that every node has, for calls that are nobody's: a warm-up's, which leave no spans.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="dataDirectory">Where messages would be kept.</param>
    public static NodeAgents OpenUntraced(NodeOptions options, string dataDirectory) =>
        new(options, new AgentCastSource(null, FrontDeskAgent.Create(options).Start, null), null, dataDirectory, null, null, traced: false);

    /// <summary>All agents, as their files are now.</summary>
    public AgentCast Current => _source.Current;

    /// <summary>The model's session as a call will begin with it, for dialling ahead.</summary>
    /// <param name="expected">What is known of the call.</param>
    /// <param name="services">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<RealtimeSessionConfig> ExpectAsync(ExpectedCall expected, NodeServices services, CancellationToken cancellationToken)
    {
        AgentCast cast = Current;
        AgentContext context = CreateContext(cast);
        (Agent speaks, _) = await PrepareAsync(cast, context, expected.CallId, expected.Agent, services, cancellationToken);
        RealtimeSession session = new RealtimeRunner(cast.Set, RunnerOptions(static (_, _) => ValueTask.CompletedTask, services)).CreateSession(context, speaks.Name);
        return session.Conduct.Apply(await session.ExpectAsync(cancellationToken));
    }

    /// <summary>Plans one call: who speaks is decided when its stream says which call it is.</summary>
    /// <param name="admit">The node's check of the stream.</param>
    /// <param name="services">The node.</param>
    /// <param name="analysis">Reads outcomes that no agent recorded off the transcript; null for nobody.</param>
    public CallPlan Plan(Func<StreamStart, CancellationToken, ValueTask> admit, NodeServices services, OutcomeAnalysis? analysis = null)
    {
        AgentCast cast = Current;
        CallRecord? about = null;
        RealtimeRunnerOptions how = RunnerOptions(admit, services) with
        {
            Choose = async (start, context, cancellationToken) =>
            {
                (Agent speaks, about) = await PrepareAsync(
                    cast, context, StreamCalls.IdOf(start), start.CustomParameters.GetValueOrDefault(Parameter), services, cancellationToken);
                return speaks.Name;
            },
        };
        RealtimeSession session = new RealtimeRunner(cast.Set, how).CreateSession(CreateContext(cast), cast.OnLine.Name);
        return new CallPlan(session)
        {
            OnEnded = result =>
            {
                if (about is { } call && session.Context.Find<OutcomeRecorder>()?.Outcome is null)
                {
                    analysis?.Begin(call, result);
                }
            },
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private AgentContext CreateContext(AgentCast cast)
    {
        AgentContext context = cast.CreateContext();
        context.Set(_messages.Box);
        if (_transfers is not null)
        {
            context.Set(_transfers);
        }

        if (_conciergeName is not null)
        {
            context.Variables["concierge_name"] = _conciergeName;
        }

        return context;
    }

    private RealtimeRunnerOptions RunnerOptions(Func<StreamStart, CancellationToken, ValueTask> admit, NodeServices services) =>
        _shared with { Admit = admit, Loggers = services.Loggers };

    /// <summary>Looks up what a call is about, tells the context, and decides who speaks.</summary>
    private static async ValueTask<(Agent Speaks, CallRecord? About)> PrepareAsync(
        AgentCast cast, AgentContext context, string? callId, string? named, NodeServices services, CancellationToken cancellationToken)
    {
        CallBook? book = services.Calls?.Book;
        CallRecord? call = callId is null || book is null ? null : await FindAsync(book, callId, cancellationToken);
        if (callId is not null)
        {
            context.ConversationId = callId;
            context.Variables["call_id"] = callId;
            if (book is not null)
            {
                context.Set(new OutcomeRecorder(outcome => book.Record(new CallFact.OutcomeRecorded { CallId = callId, At = book.Now, Outcome = outcome })));
            }
        }

        if (call?.Reservation is { } details)
        {
            ReservationBrief.Fill(context, details, context.Find<OutcomeRecorder>());
        }

        if (call?.Request is { } request)
        {
            context.Variables["request"] = request;
        }

        if (call is { Direction: CallDirection.Inbound, From: { } caller })
        {
            context.Variables["caller_number"] = caller;
        }

        return (Choose(cast, call, named, services.Loggers), call);
    }

    private static Agent Choose(AgentCast cast, CallRecord? call, string? named, ILoggerFactory loggers)
    {
        if ((named ?? call?.Agent) is { } wanted)
        {
            if (cast.Set.TryFind(wanted, out Agent? agent))
            {
                return agent;
            }

            if (call is { Direction: CallDirection.Outbound })
            {
                // Somebody else than was ordered must not speak to whom we called.
                throw new CallRejectedException(CallEndReason.ControllerFailed, $"There is no agent '{Printable(wanted)}' any more; there are {string.Join(", ", cast.OnLineNames)}.");
            }

            RequestLog.AgentMissing(loggers.CreateLogger<NodeAgents>(), Printable(wanted), cast.OnLine.Name);
            return cast.OnLine;
        }

        return call switch
        {
            { Reservation.Kind: ReservationKind.Cancel } => cast.Set[ReadyAgents.CancellationCall],
            { Reservation: not null } => cast.Set[ReadyAgents.ReservationCall],
            { Direction: CallDirection.Outbound, Request: not null } => cast.Set[ReadyAgents.ErrandCall],
            _ => cast.OnLine,
        };
    }

    /// <summary>A name that came with a stream, as a log line may have it.</summary>
    internal static string Printable(string name) => string.Concat(name.Take(64).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>What this node knows by itself costs the caller no time; the store is asked for calls that another node placed or answered.</summary>
    private static async ValueTask<CallRecord?> FindAsync(CallBook book, string callId, CancellationToken cancellationToken)
    {
        if (book.FindLocal(callId) is { } known)
        {
            return known;
        }

        try
        {
            return await book.GetAsync(callId, cancellationToken);
        }
        catch (CallStoreException)
        {
            return null; // the call is served by whoever answers by default
        }
    }
}
