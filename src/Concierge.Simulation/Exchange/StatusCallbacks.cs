using System.Globalization;
using System.Net;

namespace Concierge.Simulation.Exchange;

/// <summary>A call's status callbacks: one at a time, in order or not, some twice (PROTOCOL A.8).</summary>
internal sealed class StatusCallbacks
{
    private readonly TwilioExchange _exchange;
    private readonly TwilioExchangeCall _call;
    private Uri? _url;
    private string _method;
    private readonly IReadOnlyCollection<string> _events;
    private readonly CookieContainer _cookies = new();
    private Task _sending = Task.CompletedTask;
    private List<KeyValuePair<string, string>>? _held;
    private int _sequence;

    public StatusCallbacks(TwilioExchange exchange, TwilioExchangeCall call, Uri? url, string method, IReadOnlyCollection<string> events)
    {
        _exchange = exchange;
        _call = call;
        _url = url;
        _method = method;
        _events = events;
    }

    /// <summary>Sends what is told from now on somewhere else.</summary>
    public void Redirect(Uri url, string method)
    {
        _url = url;
        _method = method;
    }

    /// <summary>Tells of an event: initiated, ringing, answered, or completed for every end.</summary>
    public void Tell(string kind, TwilioExchangeRecording? recording = null)
    {
        if (_url is null || !_events.Contains(kind))
        {
            return;
        }

        List<KeyValuePair<string, string>> fields = CallParameters.Of(_call, _exchange.Options.AccountSid);
        fields.Add(new("Timestamp", Rfc2822.Format(_exchange.Time.GetUtcNow())));
        fields.Add(new("CallbackSource", "call-progress-events"));
        fields.Add(new("SequenceNumber", _sequence.ToString(CultureInfo.InvariantCulture)));
        if (kind == "completed")
        {
            AddEnd(fields, recording);
        }

        _sequence++;
        bool last = kind == "completed";
        if (_exchange.Options.CallbackOrder == StatusCallbackOrder.Swapped && _held is null && !last)
        {
            _held = fields;
            return;
        }

        Send(fields);
        if (_held is { } held)
        {
            _held = null;
            Send(held);
        }
    }

    /// <summary>Completes when all have been sent.</summary>
    public Task Sent => _sending;

    private void AddEnd(List<KeyValuePair<string, string>> fields, TwilioExchangeRecording? recording)
    {
        int seconds = _call.DurationSeconds;
        fields.Add(new("CallDuration", seconds.ToString(CultureInfo.InvariantCulture)));
        fields.Add(new("Duration", ((seconds + 59) / 60).ToString(CultureInfo.InvariantCulture)));
        fields.Add(new("SipResponseCode", _call.Status switch { "completed" => "200", "busy" => "486", "no-answer" or "canceled" => "487", _ => "404" }));
        if (recording is not null)
        {
            fields.Add(new("RecordingUrl", _exchange.RecordingUrl(recording)));
            fields.Add(new("RecordingSid", recording.Sid));
            fields.Add(new("RecordingDuration", ((int)recording.Duration.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void Send(List<KeyValuePair<string, string>> fields)
    {
        int every = _exchange.Options.DuplicateEveryCallbacks;
        int sequence = int.Parse(fields.Find(f => f.Key == "SequenceNumber").Value, CultureInfo.InvariantCulture);
        int times = every > 0 && (sequence + 1) % every == 0 ? 2 : 1;
        _sending = SendAfterAsync(_sending, fields, times);
    }

    private async Task SendAfterAsync(Task previous, List<KeyValuePair<string, string>> fields, int times)
    {
        await previous;
        for (int i = 0; i < times; i++)
        {
            await _exchange.CallBackAsync(_call, _cookies, "status", _url!, _method, fields);
        }
    }
}
