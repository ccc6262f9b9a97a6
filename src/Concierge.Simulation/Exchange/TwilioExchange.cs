using System.Net;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>
/// A carrier with one account: calls by REST, webhooks, TwiML, media streams, status callbacks, recordings, and a scripted person at every number. Knows no
/// socket of its own: <see cref="TwilioExchangeServer"/> serves it, <see cref="CreateHandler"/> gives it to a client in the same process.
/// </summary>
/// <remarks>Thread-safe. All waiting goes through the clock given, so on a virtual one the same seed gives the same calls.</remarks>
public sealed class TwilioExchange : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TwilioExchangeCall> _calls = [];
    private readonly List<TwilioNotification> _notifications = [];
    private readonly List<Task> _running = [];
    private readonly RestApi _rest;
    private DateTimeOffset _nextStart;
    private int _sids;
    private int _requests;

    /// <summary>Creates a carrier.</summary>
    /// <param name="options">Account, numbers, behaviour; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public TwilioExchange(TwilioExchangeOptions? options = null, TimeProvider? time = null)
    {
        Options = options ?? new TwilioExchangeOptions();
        Time = time ?? TimeProvider.System;
        Webhooks = new WebhookClient(Options, Time);
        Dialer = new StreamDialer(Options, Time);
        Forks = new StreamForks(this);
        _rest = new RestApi(this);
    }

    /// <summary>How it was made.</summary>
    public TwilioExchangeOptions Options { get; }

    /// <summary>Where its REST interface can be reached; recordings' addresses begin with it. Set by the server.</summary>
    public Uri BaseUrl { get; internal set; } = new("https://api.twilio.com");

    /// <summary>All calls in order of creation.</summary>
    public IReadOnlyList<TwilioExchangeCall> Calls => Copy(_calls);

    /// <summary>What the vendor's debugger would show, in order.</summary>
    public IReadOnlyList<TwilioNotification> Notifications => Copy(_notifications);

    /// <summary>REST requests served so far, refused ones included.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Called with each bidirectional stream before it opens, to watch it.</summary>
    public Action<TwilioExchangeCall, TwilioTwinStream>? StreamStarting { get; set; }

    /// <summary>Called with each call when it and its last callbacks are over.</summary>
    public Action<TwilioExchangeCall>? CallEnded { get; set; }

    internal TimeProvider Time { get; }

    internal WebhookClient Webhooks { get; }

    internal StreamDialer Dialer { get; }

    internal StreamForks Forks { get; }

    /// <summary>Serves one REST request.</summary>
    /// <param name="method">GET, POST or DELETE.</param>
    /// <param name="pathAndQuery">As <c>/2010-04-01/Accounts/AC.../Calls.json</c>.</param>
    /// <param name="body">The form, URL-encoded; empty for GET.</param>
    /// <param name="authorization">The Authorization header; null when there was none.</param>
    /// <returns>The answer.</returns>
    public TwilioRestAnswer Handle(string method, string pathAndQuery, string body, string? authorization)
    {
        int number = Interlocked.Increment(ref _requests);
        TwilioRestFaults faults = Options.RestFaults;
        if (number <= faults.First)
        {
            return RestApi.Refuse(faults.Status == 429
                ? new RestProblem(429, 20429, "Too Many Requests")
                : new RestProblem(faults.Status, faults.Status >= 500 ? 20500 : 20001, "The twin was told to refuse this request."));
        }

        TwilioRestAnswer answer = _rest.Handle(method, pathAndQuery, body, authorization);
        return answer with { IsLost = number - faults.First <= faults.LoseAnswers };
    }

    /// <summary>A handler that answers an <see cref="HttpClient"/> of the same process as the vendor's host would.</summary>
    /// <returns>The handler; it holds nothing that needs disposal.</returns>
    public HttpMessageHandler CreateHandler() => new ExchangeHandler(this);

    /// <summary>Somebody calls a number of the account: the webhook decides what happens.</summary>
    /// <param name="voiceUrl">The number's webhook.</param>
    /// <param name="from">The caller.</param>
    /// <param name="to">The number called.</param>
    /// <param name="scenario">What the caller does; null for what <see cref="TwilioExchangeOptions.Numbers"/> has for <paramref name="from"/>.</param>
    /// <param name="statusCallback">Told of the call's end; null for nobody.</param>
    /// <returns>The call, ringing.</returns>
    public TwilioExchangeCall CallIn(Uri voiceUrl, string from = "+15005550110", string to = "+15005550006", Scenario? scenario = null, Uri? statusCallback = null)
    {
        ArgumentNullException.ThrowIfNull(voiceUrl);
        var request = new CallRequest { From = from, To = to, Source = new TwimlSource(voiceUrl, "POST", null), StatusCallback = statusCallback };
        TwilioExchangeCall call = Create(request, "inbound", null, scenario ?? ScenarioOf(from));
        Watch(call.Run!.RunInboundAsync());
        return call;
    }

    /// <summary>Ends all calls and waits for their last callbacks.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (TwilioExchangeCall call in Calls)
        {
            call.Run?.End("completed");
        }

        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        foreach (TwilioExchangeCall call in Calls)
        {
            call.Run?.Dispose();
        }

        Webhooks.Dispose();
    }

    internal TwilioExchangeCall? Find(string sid)
    {
        lock (_gate)
        {
            return _calls.Find(c => c.Sid == sid);
        }
    }

    internal bool Remove(TwilioExchangeCall call)
    {
        lock (_gate)
        {
            return _calls.Remove(call);
        }
    }

    /// <summary>A call by REST: queued until the account may start another.</summary>
    internal TwilioExchangeCall PlaceCall(CallRequest request)
    {
        TwilioExchangeCall call = Create(request, "outbound-api", null, ScenarioOf(request.To));
        TimeSpan queued = TimeSpan.Zero;
        lock (_gate)
        {
            if (Options.CallsPerSecond > 0)
            {
                DateTimeOffset now = Time.GetUtcNow();
                DateTimeOffset start = _nextStart > now ? _nextStart : now;
                queued = start - now;
                _nextStart = start + TimeSpan.FromSeconds(1 / Options.CallsPerSecond);
            }
        }

        foreach (string unknown in request.UnknownEvents)
        {
            Notify(call, 21626, isWarning: true, $"StatusCallbackEvent '{unknown}' is not one of initiated, ringing, answered, completed.", "");
        }

        Watch(call.Run!.RunOutboundAsync(queued));
        return call;
    }

    /// <summary>A call that a Dial makes.</summary>
    internal TwilioExchangeCall Dial(ExchangeCallRun parent, CallRequest request, bool isValid, out Task running, Func<ExchangeCallRun, Task> talk)
    {
        Scenario scenario = ScenarioOf(request.To);
        if (!isValid)
        {
            scenario = scenario with { Callee = scenario.Callee with { Answers = ScenarioAnswer.Failed, RingMs = 0 } };
        }

        TwilioExchangeCall call = Create(request, "outbound-dial", parent.Call.Sid, scenario);
        running = call.Run!.RunOutboundAsync(TimeSpan.Zero, () => talk(call.Run!));
        Watch(running);
        return call;
    }

    internal string NextSid(string prefix) => TwilioSid.Make(prefix, unchecked((Options.Seed * 1_000_003) + Interlocked.Increment(ref _sids)));

    internal void Notify(TwilioExchangeCall call, int code, bool isWarning, string message, string url)
    {
        lock (_gate)
        {
            _notifications.Add(new TwilioNotification(NextSid("NO"), call.Sid, code, isWarning, Time.GetUtcNow(), message, url));
        }
    }

    internal string RecordingUrl(TwilioExchangeRecording recording) =>
        new Uri(BaseUrl, $"/2010-04-01/Accounts/{Options.AccountSid}/Recordings/{recording.Sid}").AbsoluteUri;

    /// <summary>A callback whose answer decides nothing; a failure is noted.</summary>
    internal async Task CallBackAsync(
        TwilioExchangeCall call, CookieContainer cookies, string purpose, Uri url, string method, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        WebhookAnswer answer = await Webhooks.SendAsync(call, cookies, purpose, url, method, fields, CancellationToken.None);
        if (answer.ErrorCode is { } code)
        {
            Notify(call, code, isWarning: true, answer.Error, url.AbsoluteUri);
        }
    }

    private TwilioExchangeCall Create(CallRequest request, string direction, string? parentSid, Scenario scenario)
    {
        var call = new TwilioExchangeCall(NextSid("CA"), request.From, request.To, direction, parentSid, scenario, Time.GetUtcNow());
        call.Run = new ExchangeCallRun(this, call, request);
        lock (_gate)
        {
            _calls.Add(call);
        }

        return call;
    }

    private Scenario ScenarioOf(string number) => Options.Numbers.GetValueOrDefault(number, Options.Scenario);

    private void Watch(Task running)
    {
        lock (_gate)
        {
            _running.RemoveAll(t => t.IsCompletedSuccessfully);
            _running.Add(running);
        }
    }

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
