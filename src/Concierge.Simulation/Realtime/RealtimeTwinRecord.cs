using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// What happened at the model's end of a call: all that was heard, said and asked. Complete when <see cref="RealtimeTwinSession.RunAsync"/> has returned;
/// before that its lists grow on another thread.
/// </summary>
public sealed class RealtimeTwinRecord
{
    private readonly List<RealtimeTwinEvent> _sent = new(1024);
    private readonly List<RealtimeTwinEvent> _received = new(256);
    private readonly List<RealtimeTwinAppend> _appends = new(8192);

    internal RealtimeTwinRecord(DateTimeOffset openedAt, AudioTrack heard)
    {
        OpenedAt = openedAt;
        Heard = heard;
    }

    /// <summary>When the session opened, by the twin's <see cref="TimeProvider"/>; all times of the record count from here.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>The session's id.</summary>
    public string SessionId { get; internal set; } = "";

    /// <summary>All audio appended, decoded, at the rate of the input format (24 kHz for pcm, 8 kHz for pcmu and pcma). A change of rate in mid-session starts it anew.</summary>
    public AudioTrack Heard { get; internal set; }

    /// <summary>When which part of <see cref="Heard"/> arrived.</summary>
    public IReadOnlyList<RealtimeTwinAppend> Appends => _appends;

    /// <summary>Client events in order, audio appends excepted.</summary>
    public IReadOnlyList<RealtimeTwinEvent> Received => _received;

    /// <summary>Server events in order.</summary>
    public IReadOnlyList<RealtimeTwinEvent> Sent => _sent;

    /// <summary>Turns heard, in order.</summary>
    public List<RealtimeTwinUserTurn> UserTurns { get; } = [];

    /// <summary>Responses given, in order.</summary>
    public List<RealtimeTwinResponse> Responses { get; } = [];

    /// <summary>Truncations asked for, in order.</summary>
    public List<RealtimeTwinTruncation> Truncations { get; } = [];

    /// <summary>Errors sent to the client, in order.</summary>
    public List<RealtimeTwinError> Errors { get; } = [];

    /// <summary>Outputs of functions that the client sent: call id and output.</summary>
    public List<(string CallId, string Output)> FunctionOutputs { get; } = [];

    /// <summary>The close code: the client's, or ours when we closed; 1006 when the connection just ended.</summary>
    public int CloseCode { get; internal set; } = 1006;

    /// <summary>The reason of that close.</summary>
    public string CloseReason { get; internal set; } = "";

    /// <summary>Whether the twin closed first (a fault, an expiry, a wrong key).</summary>
    public bool ClosedByTwin { get; internal set; }

    /// <summary>When the connection ended, since it opened.</summary>
    public TimeSpan EndedAt { get; internal set; }

    /// <summary>What failed inside the twin or its transport; null normally.</summary>
    public Exception? Fault { get; internal set; }

    internal void Add(RealtimeTwinEvent sent) => _sent.Add(sent);

    internal void AddReceived(RealtimeTwinEvent received) => _received.Add(received);

    internal void AddAppend(RealtimeTwinAppend append) => _appends.Add(append);
}
