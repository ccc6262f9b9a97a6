using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Concierge.Agents;
using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Realtime;
using Concierge.Agents.Reservations;
using Concierge.Agents.Telephone;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Shell;
using Concierge.Server.Usage;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;

namespace Concierge.Server.Demo;

/// <summary>
/// Plays one call through the product's own session, with the twins at both far ends: over loopback sockets with the real front door,
/// upgrade, key, signature and token, or in memory under the virtual clock.
/// </summary>
internal sealed class DemoCall
{
    /// <summary>What the carrier knows the node by: signatures are over this address, whatever port the node got.</summary>
    private static readonly Uri s_publicUrl = new("https://concierge.example");

    private static readonly CallSessionOptions s_session = new() { MeasureLoops = true };

    private readonly DemoOptions _options;
    private readonly DemoConsole _console;
    private readonly DemoObserver _observer;
    private CallOutcome _outcome = CallOutcome.Nothing;
    private CallResult? _result;
    private DateTimeOffset _nodeStarted;
    private DemoAllocation? _allocation;

    public DemoCall(DemoOptions options, DemoConsole console)
    {
        _options = options;
        _console = console;
        _observer = new DemoObserver(console);
    }

    /// <summary>Plays the call to its end.</summary>
    /// <exception cref="CommandException">The far ends never came together; the message says why.</exception>
    public async Task<DemoEvidence> RunAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        (TwilioTwinRecord carrier, IReadOnlyList<RealtimeTwinRecord> models) = _options.Fast
            ? UnderTheVirtualClock(cancellationToken)
            : await OverSocketsAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new DemoEvidence
        {
            Scenario = _options.Scenario,
            Node = _result ?? throw new CommandException(ExitCodes.Failed, "the node never reported the call's end."),
            Events = _observer.Events,
            Outcome = _outcome,
            Carrier = carrier,
            Models = models,
            NodeOffset = _nodeStarted - carrier.StartedAt,
            Allocation = _allocation,
            Mode = _options.Mode,
            WallClock = Stopwatch.GetElapsedTime(started),
            Fast = _options.Fast,
        };
    }

    private async Task<(TwilioTwinRecord Carrier, IReadOnlyList<RealtimeTwinRecord> Models)> OverSocketsAsync(CancellationToken cancellationToken)
    {
        // Made up for this one run: the demo goes through the same doors as a real call.
        string apiKey = "sk-demo-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        string authToken = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(_options.Scenario, new RealtimeTwinOptions { ApiKey = apiKey, EventLog = _options.EventLog });
        NodeOptions node = NodeOptions(apiKey) with
        {
            RealtimeUrl = new Uri($"{model.Url}?model={Configuration.NodeOptions.DefaultModel}"),
            AuthTokens = [authToken],
            PublicUrl = s_publicUrl,
        };
        await using NodeHost host = await NodeHost.StartAsync(
            node,
            TimeProvider.System,
            (tokens, loggers) => new CallStreamHandler(node, tokens, admit => Plan(node, TimeProvider.System, admit), loggers, TimeProvider.System, s_session),
            cancellationToken: cancellationToken);

        var caller = new TwilioTwinCaller(_options.Scenario, new TwilioTwinCallerOptions { AuthToken = authToken, PublicUrl = s_publicUrl }) { StreamStarting = Watch };
        TwilioTwinCall call = await caller.CallAsync(new Uri(host.Address, "/twiml"), cancellationToken);
        if (call.Stream is null)
        {
            throw new CommandException(ExitCodes.Failed, $"the call did not come about: {call.ErrorCode} {call.Error}");
        }

        await host.StopAsync(cancellationToken);
        var records = new List<RealtimeTwinRecord> { await model.WaitForRecordAsync(0, cancellationToken) };
        while (records.Count < model.Sessions.Count)
        {
            records.Add(await model.WaitForRecordAsync(records.Count, cancellationToken));
        }

        return (call.Stream, records);
    }

    private (TwilioTwinRecord Carrier, IReadOnlyList<RealtimeTwinRecord> Models) UnderTheVirtualClock(CancellationToken cancellationToken)
    {
        var loop = new VirtualTimeLoop();
        NodeOptions node = NodeOptions("in memory");
        return loop.Run(async () =>
        {
            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            var model = new InMemoryModel(_options, loop.TimeProvider);
            CallPlan plan = Plan(node, loop.TimeProvider, static (_, _) => ValueTask.CompletedTask);
            var session = new CallSession(near, model, plan.Controller, s_session with { AudioMode = _options.Mode }, loop.TimeProvider, plan.Observers);
            var stream = new TwilioTwinStream(far, _options.Scenario, loop.TimeProvider);
            Watch(stream);
            Task<CallResult> running = session.RunAsync(cancellationToken);
            Task<TwilioTwinRecord> carrier = stream.RunAsync(cancellationToken);
            plan.OnEnded!(await running);

            // As the front door does with a connection whose session is over.
            await near.Output.CompleteAsync();
            await near.Input.CompleteAsync();
            return (await carrier, await model.RecordsAsync());
        });
    }

    private NodeOptions NodeOptions(string apiKey) => new()
    {
        ApiKey = apiKey,
        Authentication = RealtimeAuthentication.Bearer,
        RealtimeUrl = new Uri(Configuration.NodeOptions.DefaultRealtimeUrl),
        Model = Configuration.NodeOptions.DefaultModel,
        AudioMode = _options.Mode,
        Host = "127.0.0.1",
        Port = 0,
        LogLevel = Microsoft.Extensions.Logging.LogLevel.Warning,
    };

    private CallPlan Plan(NodeOptions node, TimeProvider time, Func<Protocols.MediaStreams.StreamStart, CancellationToken, ValueTask> admit)
    {
        _nodeStarted = time.GetUtcNow();
        var request = new ReservationRequest("Trattoria Bella", 4, new DateOnly(2027, 6, 11), new TimeOnly(19, 30), "Morgan", "a quiet table near the window, if there is one");
        string file = _options.AgentsFile ?? ReadyAgents.Concierge;
        AgentDefinitions concierge = AgentFiles.Load(file, new AgentFileOptions { HostTools = ConciergeTools.Catalog, Time = time });
        AgentSet agents = concierge.Set ?? throw AgentFiles.Broken(file, concierge);
        bool cancels = _options.Scenario.Purpose == ScenarioPurpose.Cancellation;
        string ready = cancels ? ReadyAgents.CancellationCall : ReadyAgents.ReservationCall;
        string speaker = _options.Agent ?? (_options.AgentsFile is null ? ready : agents.Start.Name);
        if (!agents.TryFind(speaker, out _))
        {
            throw new CommandException(ExitCodes.Input, $"--agent {speaker}: there is no such agent; there are {string.Join(", ", agents.Agents.Select(a => a.Name))}.");
        }

        ReservationDetails details = ReservationDetails.Book(request);
        AgentContext context = ReservationBrief.CreateContext(
            cancels ? details with { Kind = ReservationKind.Cancel, ConfirmationNumber = _options.Scenario.Expect.ConfirmationNumber } : details, variables: concierge.Variables, recorder: new OutcomeRecorder(outcome => _outcome = outcome));
        RealtimeRunnerOptions runner = NodeSession.RunnerOptions(node, time, admit);
        if (_options.BargeIn is { } bargeIn)
        {
            runner = runner with { Conduct = runner.Conduct with { BargeIn = bargeIn } };
        }

        return new CallPlan(new RealtimeRunner(agents, runner).CreateSession(context, speaker))
        {
            Observers = [_observer],
            OnEnded = End,
        };
    }

    private void End(CallResult result)
    {
        _result = result.Cost is null ? result with { Cost = PriceTable.Default.Cost(Configuration.NodeOptions.DefaultModel, Configuration.NodeOptions.DefaultTranscriptionModel, result.Usage) } : result;
        if (!_options.Fast && _observer.AllocatedAtStart > 0)
        {
            // Both directions together carry a hundred frames a second while both talk; what was counted is what went over the wire.
            long frames = result.Counters.CallerFrames + result.Counters.AgentFrames - _observer.FramesAtStart;
            _allocation = new DemoAllocation(GC.GetTotalAllocatedBytes() - _observer.AllocatedAtStart, frames);
        }
    }

    private void Watch(TwilioTwinStream stream)
    {
        int frame = 0;
        double callee = -96, agent = -96;
        stream.FramePlayed = played =>
        {
            callee = Math.Max(callee, played.CalleeDb);
            agent = Math.Max(agent, played.AgentDb);
            _observer.FramesSeen = ++frame * 2;
            if (frame % 10 == 0)
            {
                _console.OnLevel(TranscriptSpeaker.Caller, played.At, callee);
                _console.OnLevel(TranscriptSpeaker.Agent, played.At, agent);
                callee = agent = -96;
            }
        };
    }

    private sealed class InMemoryModel(DemoOptions options, TimeProvider time) : IModelConnector
    {
        private readonly ScenarioProgress _progress = new(options.Scenario);
        private readonly List<Task<RealtimeTwinRecord>> _sessions = [];

        public async Task<IReadOnlyList<RealtimeTwinRecord>> RecordsAsync()
        {
            var records = new List<RealtimeTwinRecord>();
            foreach (Task<RealtimeTwinRecord> session in _sessions)
            {
                records.Add(await session);
            }

            return records.Count > 0 ? records : throw new CommandException(ExitCodes.Failed, "the node never dialled the model.");
        }

        public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
        {
            RealtimeTwinFaults faults = _progress.Connect() ?? RealtimeTwinFaults.None;
            if (faults.RefuseStatus is { } status)
            {
                throw new ModelConnectException(status is 401 or 403 ? CallEndReason.ModelFatalError : CallEndReason.ModelRefused, $"The upgrade was refused with {status}.");
            }

            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            var twin = new RealtimeTwinOptions { Faults = faults, EventLog = options.EventLog };
            _sessions.Add(new RealtimeTwinSession(far, options.Scenario, time, twin, progress: _progress).RunAsync(CancellationToken.None));
            return ValueTask.FromResult(options.ModelDelay > TimeSpan.Zero ? new DelayedLine(near, options.ModelDelay, time) : near);
        }
    }
}
