using System.Globalization;
using System.Net;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>The life of one call: queue, ringing, answer, detection, TwiML, end. Whatever ends it first decides its status.</summary>
internal sealed class ExchangeCallRun : IDisposable
{
    // From the answer to the request until the call is on its way, and until it rings.
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_setup = TimeSpan.FromMilliseconds(150);

    private readonly CallRequest _request;
    private readonly StatusCallbacks _callbacks;
    private TimeSpan? _timeLimit;
    private int _limits;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource? _document;
    private TwimlSource? _instruction;
    private Task _side = Task.CompletedTask;

    public ExchangeCallRun(TwilioExchange exchange, TwilioExchangeCall call, CallRequest request)
    {
        Exchange = exchange;
        Call = call;
        _request = request;
        _callbacks = new StatusCallbacks(exchange, call, request.StatusCallback, request.StatusCallbackMethod, request.Events);
        Leg = new TelephoneLeg(call.Scenario, new TwilioTwinRecord(exchange.Options.AccountSid, call.Sid, ""), keepAudio: true)
        {
            HungUp = _ => End("completed"),
        };
    }

    public TwilioExchange Exchange { get; }

    public TwilioExchangeCall Call { get; }

    public TelephoneLeg Leg { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Cancelled when the call is over.</summary>
    public CancellationToken Over => _over.Token;

    public bool IsAnswered => Call.AnsweredAt is not null;

    private TimeProvider Time => Exchange.Time;

    private ScenarioCallee Callee => Call.Scenario.Callee;

    /// <summary>Runs a call that the account placed, or that a Dial made when <paramref name="talk"/> is given.</summary>
    public async Task RunOutboundAsync(TimeSpan queued, Func<Task>? talk = null)
    {
        try
        {
            await Task.Delay(s_start + queued, Time, Over);
            Call.StartedAt = Time.GetUtcNow();
            Move("initiated", "initiated");
            await Task.Delay(s_setup, Time, Over);
            Move("ringing", "ringing");
            TimeSpan rings = TimeSpan.FromMilliseconds(Callee.RingMs);
            bool patient = Callee.Answers != ScenarioAnswer.NoAnswer && rings <= _request.Ring;
            await Task.Delay(patient ? rings : _request.Ring, Time, Over);
            if (!patient || Callee.Answers != ScenarioAnswer.Answered)
            {
                End(Callee.Answers switch { ScenarioAnswer.Busy when patient => "busy", ScenarioAnswer.Failed when patient => "failed", ScenarioAnswer.Canceled when patient => "canceled", _ => "no-answer" });
            }

            Over.ThrowIfCancellationRequested();
            Answer();
            if (talk is not null)
            {
                await talk();
            }
            else
            {
                await PressAsync();
                await DetectAsync();
                await TalkAsync(_request.Source);
            }

            End("completed");
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Whoever ended the call set its status.
        }

        await FinishAsync();
    }

    /// <summary>Runs a call that came in: the first document decides whether it is answered.</summary>
    public async Task RunInboundAsync()
    {
        try
        {
            Call.StartedAt = Time.GetUtcNow();
            Move("ringing", "ringing");
            await TalkAsync(_request.Source);
            End("completed");
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Whoever ended the call set its status.
        }

        await FinishAsync();
    }

    /// <summary>The call is up from here on; the person hears and speaks.</summary>
    public void Answer()
    {
        if (IsAnswered)
        {
            return;
        }

        Call.AnsweredAt = Time.GetUtcNow();
        Move("in-progress", "answered");
        Leg.Start(Time);
        if ((_timeLimit ?? _request.TimeLimit) is { } limit)
        {
            _ = EndAfterAsync(limit);
        }

        if (_request.Record)
        {
            StartRecording(_request.Recording, "OutboundAPI");
        }
    }

    /// <summary>REST: another time limit, counted from the answer.</summary>
    public void Limit(TimeSpan limit)
    {
        _timeLimit = limit;
        if (Call.AnsweredAt is { } answered)
        {
            TimeSpan left = answered + limit - Time.GetUtcNow();
            _ = EndAfterAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>REST: another address for what is told of the call from now on.</summary>
    public void TellTo(Uri url, string method) => _callbacks.Redirect(url, method);

    /// <summary>REST: other TwiML from now on. What runs is cut off, its streams stopped.</summary>
    public void Instruct(TwimlSource source)
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            _instruction = source;
            running = _document;
        }

        running?.Cancel();
    }

    /// <summary>Ends the call; the first end counts.</summary>
    public void End(string status)
    {
        if (Call.TrySetStatus(status, Time.GetUtcNow()))
        {
            _over.Cancel();
        }
    }

    public TwilioExchangeRecording StartRecording(RecordingRequest request, string source)
    {
        var recording = new TwilioExchangeRecording(
            Exchange.NextSid("RE"), Call.Sid, source, request.Channels, request.Track, Time.GetUtcNow(), Leg.Said!, Leg.Heard!)
        {
            Callback = (request.Callback?.AbsoluteUri, request.CallbackMethod, request.Events),
        };
        Call.Add(recording);
        TellRecording(recording, "in-progress");
        return recording;
    }

    public void StopRecording(TwilioExchangeRecording recording)
    {
        if (recording.Stop())
        {
            TellRecording(recording, recording.Status);
        }
    }

    public void Log(string verb, string detail) => Call.Add(new TwilioExchangeVerb(Time.GetUtcNow() - Call.CreatedAt, verb, detail));

    public void Dispose()
    {
        Leg.Dispose();
        _over.Dispose();
    }

    private void Move(string status, string kind)
    {
        if (Call.TrySetStatus(status, Time.GetUtcNow()))
        {
            _callbacks.Tell(kind);
        }
    }

    // SendDigits: pressed as soon as somebody answers, before the document.
    private async Task PressAsync()
    {
        if (_request.SendDigits is not { Length: > 0 } keys)
        {
            return;
        }

        Log("SendDigits", keys);
        await using (Over.UnsafeRegister(static state => ((TelephoneLeg)state!).Silence(), Leg))
        {
            await Leg.HearAsync(SpokenText.Dial(keys));
        }

        Over.ThrowIfCancellationRequested();
    }

    private async Task DetectAsync()
    {
        if (_request.Detection is not { } mode)
        {
            return;
        }

        (string who, TimeSpan after) = MachineDetection.Find(Call.Scenario, mode == "DetectMessageEnd", _request.DetectionTimeout);
        if (_request.AsyncDetection is { } url)
        {
            _side = TellDetectionAsync(url, who, after);
            return;
        }

        // Without AsyncAmd the document, and with it the stream, waits for the result.
        await Task.Delay(after, Time, Over);
        Call.AnsweredBy = who;
    }

    private async Task TellDetectionAsync(Uri url, string who, TimeSpan after)
    {
        try
        {
            await Task.Delay(after, Time, Over);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Call.AnsweredBy = who;
        await Exchange.CallBackAsync(Call, Cookies, "amd", url, _request.AsyncDetectionMethod,
        [
            new("CallSid", Call.Sid),
            new("AccountSid", Exchange.Options.AccountSid),
            new("AnsweredBy", who),
            new("MachineDetectionDuration", after.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)),
        ]);
    }

    // Document after document, until one ends or the call does.
    private async Task TalkAsync(TwimlSource first)
    {
        TwimlSource? next = first;
        while (next is not null)
        {
            using var document = CancellationTokenSource.CreateLinkedTokenSource(Over);
            lock (_gate)
            {
                next = _instruction ?? next;
                _instruction = null;
                _document = document;
            }

            try
            {
                next = await new TwimlRun(this, document.Token).RunAsync(next);
            }
            catch (OperationCanceledException) when (!_over.IsCancellationRequested && document.IsCancellationRequested)
            {
                next = null;
            }

            lock (_gate)
            {
                _document = null;
                next = _instruction ?? next;
            }

            Leg.Silence();
        }
    }

    private async Task EndAfterAsync(TimeSpan limit)
    {
        int number = ++_limits;
        try
        {
            await Task.Delay(limit, Time, Over);
            if (number != _limits)
            {
                return;
            }

            Exchange.Notify(Call, 32015, isWarning: false, "Maximum call duration reached", "");
            End("completed");
        }
        catch (OperationCanceledException)
        {
            // It ended before.
        }
    }

    private void TellRecording(TwilioExchangeRecording recording, string status)
    {
        if (recording.Callback.Url is not { } url || !recording.Callback.Events.Split(' ').Contains(status))
        {
            return;
        }

        List<KeyValuePair<string, string>> fields =
        [
            new("AccountSid", Exchange.Options.AccountSid),
            new("CallSid", Call.Sid),
            new("RecordingSid", recording.Sid),
            new("RecordingUrl", Exchange.RecordingUrl(recording)),
            new("RecordingStatus", status),
            new("RecordingDuration", ((int)recording.Duration.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("RecordingChannels", recording.Channels.ToString(CultureInfo.InvariantCulture)),
            new("RecordingStartTime", Rfc2822.Format(recording.StartedAt)),
            new("RecordingSource", recording.Source),
            new("RecordingTrack", recording.Track),
        ];
        _side = Task.WhenAll(_side, Exchange.CallBackAsync(Call, Cookies, "recording", new Uri(url), recording.Callback.Method, fields));
    }

    private async Task FinishAsync()
    {
        Leg.Dispose();
        foreach (TwilioExchangeRecording recording in Call.Recordings)
        {
            StopRecording(recording);
        }

        _callbacks.Tell("completed", Call.Recordings.Count > 0 ? Call.Recordings[^1] : null);
        await _callbacks.Sent;
        await _side;
        Call.SetEnded();
        Exchange.CallEnded?.Invoke(Call);
    }
}
