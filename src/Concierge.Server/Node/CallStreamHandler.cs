using System.IO.Pipelines;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Server.Configuration;
using Concierge.Server.Node.Engine;
using Concierge.Server.Recording;

namespace Concierge.Server.Node;

/// <summary>Runs a call session on each media stream.</summary>
internal sealed class CallStreamHandler : IMediaStreamHandler, IDisposable
{
    private readonly NodeOptions _options;
    private readonly StreamTokens _tokens;
    private readonly CallPlanner _plan;
    private readonly RealtimeConnector _connector;
    private readonly CallSessionOptions _session;
    private readonly TimeProvider _time;
    private readonly ILogger<CallSession> _log;
    private readonly CallWheel _wheel;
    private readonly RecordingWriter? _recordings;

    /// <param name="options">The node's settings.</param>
    /// <param name="tokens">What a stream's token is checked against.</param>
    /// <param name="plan">What each call is about.</param>
    /// <param name="loggers">Where the calls log.</param>
    /// <param name="time">The clock of the calls.</param>
    /// <param name="session">Bounds and choices of the calls; the audio mode is the node's. Null for the defaults.</param>
    public CallStreamHandler(NodeOptions options, StreamTokens tokens, CallPlanner plan, ILoggerFactory loggers, TimeProvider time, CallSessionOptions? session = null)
    {
        _options = options;
        _tokens = tokens;
        _plan = plan;
        _time = time;
        _wheel = new CallWheel(time);
        _connector = new RealtimeConnector(options, time);
        _session = (session ?? new CallSessionOptions()) with { AudioMode = options.AudioMode };
        _log = loggers.CreateLogger<CallSession>();
        if (options.RecordingsFolder is { } folder)
        {
            ILogger log = loggers.CreateLogger<RecordingWriter>();
            RecordingRepair.Run(folder, log);
            _recordings = new RecordingWriter(folder, log);
        }
    }

    public async Task<CallEndReason> RunAsync(IDuplexPipe carrier, CancellationToken draining)
    {
        CallPlan plan = _plan(AdmitAsync);
        CallRecorder? recorder = _recordings is null
            ? null
            : new CallRecorder(_recordings, $"{_time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.CreateVersion7():N}", _session.PlaybackWindow);
        CallSession session = new(carrier, _connector.On((carrier as LoopCarrier)?.Loop), plan.Controller, _session, _time, plan.Observers, _log, _wheel, tap: recorder);
        CallResult result = await session.RunAsync(draining);
        result = result with
        {
            Cost = _options.Prices.Cost(_options.Model, _options.TranscriptionModel, result.Usage),
            Recording = recorder is null ? null : await FinishAsync(recorder, result),
        };
        plan.OnEnded?.Invoke(result);
        return result.Reason;
    }

    public void Dispose() => _recordings?.Dispose();

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
