using System.IO.Pipelines;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;
using Concierge.Server.Node.Engine;
using Concierge.Server.Recording;
using Concierge.Server.Upstream;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>Runs a call session on each media stream.</summary>
internal sealed class CallStreamHandler : IMediaStreamHandler, IAsyncDisposable
{
    private readonly NodeCalls? _calls;
    private readonly CarrierSteering _steering;
    private readonly CallRegistry? _places;
    private readonly NodeOptions _options;
    private readonly StreamTokens _tokens;
    private readonly CallPlanner _plan;
    private readonly RealtimeConnector _connector;
    private readonly CallSessionOptions _session;
    private readonly TimeProvider _time;
    private readonly ILogger<CallSession> _log;
    private readonly CallWheel _wheel;
    private readonly RecordingWriter? _recordings;
    private readonly UpstreamHealth _health;
    private readonly UpstreamMetrics _metrics;
    private readonly ParkedModels _parked;
    private readonly Func<ExpectedCall, CancellationToken, ValueTask<RealtimeSessionConfig>>? _expected;

    /// <param name="options">The node's settings.</param>
    /// <param name="tokens">What a stream's token is checked against.</param>
    /// <param name="plan">What each call is about.</param>
    /// <param name="loggers">Where the calls log.</param>
    /// <param name="time">The clock of the calls.</param>
    /// <param name="session">Bounds and choices of the calls; the audio mode is the node's. Null for the node's own.</param>
    /// <param name="expected">The model's session as a call will want it: dialled ahead while the carrier reads its TwiML. Null dials nothing ahead.</param>
    /// <param name="calls">Where the calls are written down; null for nowhere.</param>
    /// <param name="places">The node's places; null where they are not counted.</param>
    public CallStreamHandler(
        NodeOptions options,
        StreamTokens tokens,
        CallPlanner plan,
        ILoggerFactory loggers,
        TimeProvider time,
        CallSessionOptions? session = null,
        Func<ExpectedCall, CancellationToken, ValueTask<RealtimeSessionConfig>>? expected = null,
        NodeCalls? calls = null,
        CallRegistry? places = null)
    {
        _places = places;
        _calls = calls;
        _options = options;
        _tokens = tokens;
        _plan = plan;
        _time = time;
        _wheel = new CallWheel(time);
        _session = (session ?? new CallSessionOptions { Upstream = options.Upstream }) with { AudioMode = options.AudioMode };
        _log = loggers.CreateLogger<CallSession>();
        _steering = new CarrierSteering(calls, options.PublicUrl, loggers.CreateLogger<CarrierSteering>(), places, time);
        if (options.RecordingsFolder is { } folder)
        {
            ILogger recordingLog = loggers.CreateLogger<RecordingWriter>();
            RecordingRepair.Run(folder, recordingLog);
            _recordings = new RecordingWriter(folder, recordingLog);
        }

        ILogger log = loggers.CreateLogger<UpstreamHealth>();
        _health = new UpstreamHealth(options.UpstreamBreaker, time, log) { Probe = ProbeAsync };
        _parked = new ParkedModels(options.PredialLife, options.MaxCalls, time, log);
        _connector = new RealtimeConnector(options, time, _health, _parked);
        _metrics = new UpstreamMetrics(_health, _parked);
        _expected = options.Predial ? expected : null;
    }

    /// <summary>What the node believes of the Realtime API.</summary>
    public UpstreamHealth Health => _health;

    /// <summary>Sessions that wait for their streams.</summary>
    public ParkedModels Parked => _parked;

    public bool CanServe => _health.TakesCalls;

    public void Expect(string token, EventLoop? loop, ExpectedCall call)
    {
        if (_expected is { } expected && CanServe)
        {
            _parked.Park(token, async ct => await PreparedModel.PrepareAsync(_connector.On(loop), await expected(call, ct), _session, _time, ct));
        }
    }

    public async Task<CallEndReason> RunAsync(IDuplexPipe carrier, CancellationToken draining)
    {
        CallScribe? scribe = _calls is null ? null : new CallScribe(_calls.Book, reportsEnd: _calls.Carrier is null, continues: TwimlEndpoint.HasFallback(_calls.Options), _calls.Options.LogPersonalData ? _log : null);
        using IDisposable? rounds = scribe is null ? null : _calls!.Rounds.Enter(scribe);
        string? recording = _recordings is null ? null : $"{_time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.CreateVersion7():N}";
        CallPlan plan = _plan(async (start, cancellationToken) =>
        {
            // The stream's first message woke its loop. What follows, the agent's configuration and all that it looks up, is not for the thread that carries the other calls.
            await Task.Yield();
            await AdmitAsync(start, cancellationToken);
            _places?.Release(start.CallSid);
            if (scribe?.Begin(start, recording is null ? null : recording + ".wav") is { IsFinal: true })
            {
                throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "The stream's call is over already.");
            }
        });
        IReadOnlyList<ICallObserver> observers = scribe is null ? plan.Observers : [.. plan.Observers, scribe];
        CallRecorder? recorder = recording is null ? null : new CallRecorder(_recordings!, recording, _session.PlaybackWindow);
        CallSession session = new(carrier, _connector.On((carrier as LoopCarrier)?.Loop), plan.Controller, _session, _time, observers, _log, _wheel, _steering, recorder);
        CallResult result = await session.RunAsync(draining);
        result = result with
        {
            Cost = _options.Prices.Cost(_options.Model, _options.TranscriptionModel, result.Usage),
            Recording = recorder is null ? null : await FinishAsync(recorder, result),
        };
        plan.OnEnded?.Invoke(result); // first: who waits for the call's end finds what begins with it
        scribe?.End(result);
        return result.Reason;
    }

    public async ValueTask DisposeAsync()
    {
        _health.Dispose();
        _metrics.Dispose();
        await _parked.DisposeAsync();
        _recordings?.Dispose();
    }

    private async Task<CallRecording?> FinishAsync(CallRecorder recorder, CallResult result)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5), _time);
        try
        {
            CallRecording? recording = await recorder.CompleteAsync(result.Duration, patience.Token);
            if (recording is { Truncated: true, Detail: { } detail })
            {
                RecordingLog.Truncated(_log, result.CallSid, detail);
            }

            return recording;
        }
        catch (OperationCanceledException)
        {
            RecordingLog.Truncated(_log, result.CallSid, "The disk did not take it in time.");
            return null;
        }
    }

    /// <summary>Looks whether the API answers, with a session that nobody uses and that costs nothing.</summary>
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        RealtimeSessionConfig config = _expected is null ? NodeSession.Create(_options) : await _expected(default, cancellationToken);
        await using PreparedModel model = await PreparedModel.PrepareAsync(new RealtimeConnector(_options, _time), config, _session, _time, cancellationToken);
    }

    /// <summary>A stream must be the one that this node's own TwiML asked for.</summary>
    private async ValueTask AdmitAsync(StreamStart start, CancellationToken cancellationToken)
    {
        if (_options.AccountSid is { } account && account != start.AccountSid)
        {
            throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "The stream belongs to another account than TWILIO_ACCOUNT_SID.");
        }

        if (_options.RequireStreamToken
            && !await _tokens.RedeemAsync(start.CustomParameters.GetValueOrDefault(StreamTokens.ParameterName), start.CallSid, start.AccountSid, cancellationToken))
        {
            throw new CallRejectedException(CallEndReason.CarrierUnauthorized, "The stream's one-time token is missing, wrong, too old or used.");
        }
    }
}
