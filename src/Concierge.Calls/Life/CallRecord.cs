using System.Text.Json.Serialization;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Calls.Life;

/// <summary>A call as it stands: what its facts come to (<see cref="CallFold"/>). Immutable.</summary>
public sealed record CallRecord
{
    /// <summary>This node's id of the call; never the carrier's.</summary>
    public required string Id { get; init; }

    /// <summary>The carrier's SID of the call (<c>CA…</c>), once known.</summary>
    public string? CallSid { get; init; }

    /// <summary>The SID of its media stream (<c>MZ…</c>), once known; of several the latest.</summary>
    public string? StreamSid { get; init; }

    /// <summary>Who dialled.</summary>
    public CallDirection Direction { get; init; }

    /// <summary>The calling number.</summary>
    public string? From { get; init; }

    /// <summary>The called number.</summary>
    public string? To { get; init; }

    /// <summary>The agent that speaks; null for the node's default.</summary>
    public string? Agent { get; init; }

    /// <summary>What was asked for in plain words, or null.</summary>
    public string? Request { get; init; }

    /// <summary>What is to be booked or cancelled, or null.</summary>
    public ReservationDetails? Reservation { get; init; }

    /// <summary>The node that answers for the call.</summary>
    public string? Node { get; init; }

    /// <summary>Where the call is in its life.</summary>
    public CallState State { get; init; }

    /// <summary>Why it is in that state.</summary>
    public string Cause { get; init; } = "created";

    /// <summary>Since when.</summary>
    public DateTimeOffset StateAt { get; init; }

    /// <summary>Who said so.</summary>
    public CallFactSource StateSource { get; init; }

    /// <summary>When the call became known.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began to ring, or null.</summary>
    public DateTimeOffset? RingingAt { get; init; }

    /// <summary>When it was answered, or null.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When it was over, or null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The carrier's length of the call in seconds, or null until told.</summary>
    public int? DurationSeconds { get; init; }

    /// <summary>What answered: <c>human</c>, <c>machine_start</c>, <c>fax</c>, <c>unknown</c>; null until detected.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When the first media stream began, or null. Times in the transcript count from here.</summary>
    public DateTimeOffset? StreamStartedAt { get; init; }

    /// <summary>When the latest media stream began, or null.</summary>
    public DateTimeOffset? LastStreamAt { get; init; }

    /// <summary>When the last media stream ended that has, or null; see <see cref="IsStreaming"/>.</summary>
    public DateTimeOffset? StreamEndedAt { get; init; }

    /// <summary>Media streams that began: more than one when the carrier took the call out of one to press keys.</summary>
    public int Streams { get; init; }

    /// <summary>Media streams that ended.</summary>
    public int StreamsEnded { get; init; }

    /// <summary>The end reason by name of the stream that ended last, or null.</summary>
    public string? StreamEndReason { get; init; }

    /// <summary>Why somebody asked for the call to be ended, or null.</summary>
    public string? HangupCause { get; init; }

    /// <summary>When that was, or null.</summary>
    public DateTimeOffset? HangupAt { get; init; }

    /// <summary>What was agreed; kept apart from <see cref="State"/>. Null until established.</summary>
    public CallOutcome? Outcome { get; init; }

    /// <summary>When the outcome was established.</summary>
    public DateTimeOffset? OutcomeAt { get; init; }

    /// <summary>What is wrong with the state it is in, in a sentence; null when nothing is.</summary>
    public string? StateError { get; init; }

    /// <summary>What went wrong with the media stream that ended last, in a sentence; null when nothing did.</summary>
    public string? StreamError { get; init; }

    /// <summary>What went wrong, in a sentence; null when nothing did.</summary>
    [JsonIgnore]
    public string? Error => StateError ?? StreamError;

    /// <summary>The greatest SequenceNumber of the carrier's callbacks; -1 before the first.</summary>
    public int LastSequence { get; init; } = -1;

    /// <summary>Turns in the transcript.</summary>
    public int TranscriptTurns { get; init; }

    /// <summary>Recordings kept.</summary>
    public int Recordings { get; init; }

    /// <summary>The model's tokens over the whole call.</summary>
    public CallUsage Usage { get; init; } = CallUsage.None;

    /// <summary>The last time anything happened.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Counts the facts in it; the store writes a record only over the version it was made from.</summary>
    public long Version { get; init; }

    /// <summary>Whether the call is over at the carrier.</summary>
    [JsonIgnore]
    public bool IsFinal => State.IsFinal();

    /// <summary>Whether a media stream of the call is running, as far as is known.</summary>
    [JsonIgnore]
    public bool IsStreaming => StreamStartedAt is not null && (StreamEndedAt is null || StreamsEnded < Streams);

    /// <summary>Whether nothing more is to come: over at the carrier, and each media stream that it had has ended.</summary>
    [JsonIgnore]
    public bool IsSettled => IsFinal && !IsStreaming;

    /// <summary>Whether a machine answered, as far as is known.</summary>
    [JsonIgnore]
    public bool ReachedMachine => AnsweredBy is not null && (AnsweredBy.StartsWith("machine", StringComparison.Ordinal) || AnsweredBy == "fax");
}
