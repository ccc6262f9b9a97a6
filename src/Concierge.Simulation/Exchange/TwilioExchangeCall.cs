using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>One call at the carrier: its resource, and all that happened to it.</summary>
public sealed class TwilioExchangeCall
{
    private readonly Lock _gate = new();
    private readonly List<TwilioTwinRecord> _streams = [];
    private readonly List<TwilioExchangeRequest> _requests = [];
    private readonly List<TwilioExchangeVerb> _verbs = [];
    private readonly List<TwilioExchangeRecording> _recordings = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TwilioExchangeCall(string sid, string from, string to, string direction, string? parentSid, Scenario scenario, DateTimeOffset createdAt)
    {
        Sid = sid;
        From = from;
        To = to;
        Direction = direction;
        ParentSid = parentSid;
        Scenario = scenario;
        CreatedAt = createdAt;
        UpdatedAt = createdAt;
    }

    /// <summary>CA and 32 hexadecimal digits.</summary>
    public string Sid { get; }

    /// <summary>The caller.</summary>
    public string From { get; }

    /// <summary>The number called.</summary>
    public string To { get; }

    /// <summary>inbound, outbound-api or outbound-dial.</summary>
    public string Direction { get; }

    /// <summary>The call whose Dial made this one; null for others.</summary>
    public string? ParentSid { get; }

    /// <summary>What the person at the other end does.</summary>
    public Scenario Scenario { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>queued, initiated, ringing, in-progress, completed, busy, failed, no-answer or canceled.</summary>
    public string Status { get; private set; } = "queued";

    /// <summary>When the status or anything else of it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When it left the queue; null before.</summary>
    public DateTimeOffset? StartedAt { get; internal set; }

    /// <summary>When it was answered; null when it was not.</summary>
    public DateTimeOffset? AnsweredAt { get; internal set; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>What answering machine detection found; null without it.</summary>
    public string? AnsweredBy { get; internal set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Status is "completed" or "busy" or "failed" or "no-answer" or "canceled";

    /// <summary>Completes when the call and its last callbacks are over.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Its media streams in order.</summary>
    public IReadOnlyList<TwilioTwinRecord> Streams => Copy(_streams);

    /// <summary>Webhooks sent, in order.</summary>
    public IReadOnlyList<TwilioExchangeRequest> Requests => Copy(_requests);

    /// <summary>TwiML verbs executed, in order.</summary>
    public IReadOnlyList<TwilioExchangeVerb> Verbs => Copy(_verbs);

    /// <summary>Its recordings.</summary>
    public IReadOnlyList<TwilioExchangeRecording> Recordings => Copy(_recordings);

    internal ExchangeCallRun? Run { get; set; }

    internal int DurationSeconds => AnsweredAt is { } from && EndedAt is { } to ? (int)Math.Ceiling((to - from).TotalSeconds) : 0;

    /// <summary>Moves to a status, unless the call has ended.</summary>
    internal bool TrySetStatus(string status, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (HasEnded)
            {
                return false;
            }

            Status = status;
            UpdatedAt = at;
            if (HasEnded)
            {
                EndedAt = at;
            }

            return true;
        }
    }

    internal void Add(TwilioTwinRecord stream) => AddTo(_streams, stream);

    internal void Add(TwilioExchangeRequest request) => AddTo(_requests, request);

    internal void Add(TwilioExchangeVerb verb) => AddTo(_verbs, verb);

    internal void Add(TwilioExchangeRecording recording) => AddTo(_recordings, recording);

    internal void SetEnded() => _ended.TrySetResult();

    private void AddTo<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
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
