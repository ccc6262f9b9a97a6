using System.IO.Pipelines;
using Concierge.Agents;
using Concierge.Agents.Ready;
using Concierge.Agents.Realtime;
using Concierge.Agents.Reservations;
using Concierge.Agents.Telephone;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;
using CallTranscriptEntry = Concierge.Pipelines.TranscriptEntry;

namespace Concierge.Server.Requests;

/// <summary>
/// A desk that calls nobody: each call runs through the product's own session and agents, with the twins at both far ends and recorded voices. What comes of it is what the
/// recording says, whatever was asked for.
/// </summary>
/// <param name="cast">The agents, as their files are now.</param>
/// <param name="onEvent">Told the call's events as they happen.</param>
/// <param name="booking">The scenario of a booking.</param>
internal sealed class SimulatedReservationDesk(Func<AgentCast> cast, Action<CallEvent>? onEvent = null, string booking = "booking-confirmed") : IReservationDesk
{
    private static readonly RealtimeSessionConfig s_session = new()
    {
        Model = NodeOptions.DefaultModel,
        InputTranscription = new RealtimeTranscription(NodeOptions.DefaultTranscriptionModel),
        TurnDetection = RealtimeTurnDetection.ServerVad with { Threshold = 0.5, PrefixPaddingMs = 300, SilenceDurationMs = 500 },
    };

    /// <summary>Calls that are remembered, the latest ones.</summary>
    private const int Remembered = 200;

    private readonly SemaphoreSlim _lines = new(Math.Max(1, Environment.ProcessorCount / 2)); // each call takes a core for as long as it lasts
    private readonly Lock _gate = new();
    private readonly List<(ReservationResult Result, string Transcript)> _calls = [];

    public bool IsSimulated => true;

    public async Task<ReservationResult> CallAsync(ReservationDetails details, string sessionId, string orderId, Action<string>? placed, CancellationToken cancellationToken)
    {
        string callId = "sim_" + Guid.NewGuid().ToString("n")[..12];
        Scenario scenario = ScenarioLibrary.Find(details.Kind == ReservationKind.Cancel ? "cancellation" : booking);

        await _lines.WaitAsync(cancellationToken);
        try
        {
            // The virtual clock keeps a thread busy until the call is over: not one that others wait for.
            return await Task.Factory.StartNew(() => Play(scenario, details, callId, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _lines.Release();
        }
    }

    public Task<IReadOnlyList<ReservationResult>> FindAsync(string? confirmationNumber, string? restaurant, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(OutboundReservationDesk.Pick(_calls.Select(c => c.Result).Reverse().ToList(), confirmationNumber, restaurant));
        }
    }

    public Task<string?> ReadTranscriptAsync(string callId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_calls.Where(c => c.Result.CallId == callId).Select(c => c.Transcript).FirstOrDefault());
        }
    }

    private ReservationResult Play(Scenario scenario, ReservationDetails details, string callId, CancellationToken cancellationToken)
    {
        var recorder = new OutcomeRecorder();
        AgentCast current = cast();
        AgentContext context = ReservationBrief.CreateContext(details, callId, current.Variables, recorder);
        string agent = details.Kind == ReservationKind.Cancel ? ReadyAgents.CancellationCall : ReadyAgents.ReservationCall;
        var loop = new VirtualTimeLoop();
        CallResult ended = loop.Run(async () =>
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            var model = new TwinConnector(scenario, loop.TimeProvider);
            RealtimeSession session = new RealtimeRunner(current.Set, new RealtimeRunnerOptions { Time = loop.TimeProvider, Session = s_session }).CreateSession(context, agent);
            var call = new CallSession(near, model, session, new CallSessionOptions(), loop.TimeProvider, onEvent is null ? [] : [new Observer(onEvent)]);
            Task<TwilioTwinRecord> carrier = new TwilioTwinStream(far, scenario, loop.TimeProvider).RunAsync(cancellationToken);
            CallResult result = await call.RunAsync(cancellationToken);
            await near.Output.CompleteAsync();
            await near.Input.CompleteAsync();
            await carrier;
            await model.Record;
            return result;
        });
        cancellationToken.ThrowIfCancellationRequested();
        CallOutcome outcome = recorder.Outcome ?? CallOutcome.Nothing with { Status = CallOutcomeStatus.Error };
        var reservation = new ReservationResult(outcome.Status, callId, details, outcome, recorder.Outcome is null ? "The call ended before anything was agreed." : null);
        lock (_gate)
        {
            if (_calls.Count == Remembered)
            {
                _calls.RemoveAt(0);
            }

            _calls.Add((reservation, string.Join('\n', ended.Transcript.Select(Line))));
        }

        return reservation;
    }

    private static string Line(CallTranscriptEntry entry) => $"{(entry.Speaker == CallSpeaker.Agent ? "We" : "Restaurant")}: {entry.Text}";

    private sealed class Observer(Action<CallEvent> onEvent) : ICallObserver
    {
        public void OnEvent(CallEvent callEvent) => onEvent(callEvent);
    }

    private sealed class TwinConnector(Scenario scenario, TimeProvider time) : IModelConnector
    {
        public Task<RealtimeTwinRecord?> Record { get; private set; } = Task.FromResult<RealtimeTwinRecord?>(null);

        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            Record = RunAsync(far);
            return ValueTask.FromResult(near);
        }

        private async Task<RealtimeTwinRecord?> RunAsync(IDuplexPipe far) => await new RealtimeTwinSession(far, scenario, time).RunAsync(CancellationToken.None);
    }
}
