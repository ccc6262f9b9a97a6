using System.Text.Json.Serialization;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Calls.Life;

/// <summary>
/// Something that happened to a call. The facts of a call are its append-only journal; <see cref="CallRecord"/> is what they come to. A fact is written once,
/// however often it is handed in: its id decides.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Created), "created")]
[JsonDerivedType(typeof(Dialed), "dialed")]
[JsonDerivedType(typeof(Reported), "state")]
[JsonDerivedType(typeof(StreamStarted), "stream_started")]
[JsonDerivedType(typeof(StreamEnded), "stream_ended")]
[JsonDerivedType(typeof(Answered), "answered_by")]
[JsonDerivedType(typeof(HangupRequested), "hangup_requested")]
[JsonDerivedType(typeof(Said), "said")]
[JsonDerivedType(typeof(Saying), "saying")]
[JsonDerivedType(typeof(OutcomeRecorded), "outcome")]
[JsonDerivedType(typeof(TurnMeasured), "turn")]
[JsonDerivedType(typeof(UsageReported), "usage")]
[JsonDerivedType(typeof(RecordingStarted), "recording_started")]
[JsonDerivedType(typeof(Recorded), "recording")]
[JsonDerivedType(typeof(Noted), "note")]
public abstract record CallFact
{
    /// <summary>The call's id at this node, not the carrier's SID.</summary>
    public required string CallId { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Unique over all calls. Unless given, random; whoever may report the same thing twice gives the same id twice.</summary>
    public string FactId { get; init; } = Guid.CreateVersion7().ToString("N");

    /// <summary>The name of its kind in the store and in exports, for instance <c>stream_started</c>.</summary>
    [JsonIgnore]
    public string Kind => this switch
    {
        Created => "created",
        Dialed => "dialed",
        Reported => "state",
        StreamStarted => "stream_started",
        StreamEnded => "stream_ended",
        Answered => "answered_by",
        HangupRequested => "hangup_requested",
        Said => "said",
        Saying => "saying",
        OutcomeRecorded => "outcome",
        TurnMeasured => "turn",
        UsageReported => "usage",
        RecordingStarted => "recording_started",
        Recorded => "recording",
        _ => "note",
    };

    /// <summary>The call exists.</summary>
    public sealed record Created : CallFact
    {
        /// <summary>Who dialled.</summary>
        public required CallDirection Direction { get; init; }

        /// <summary>The calling number as the carrier gives it: mostly E.164, but also <c>anonymous</c> or a SIP URI.</summary>
        public string? From { get; init; }

        /// <summary>The called number.</summary>
        public string? To { get; init; }

        /// <summary>The agent that speaks, or null for the node's default.</summary>
        public string? Agent { get; init; }

        /// <summary>What was asked for in plain words, or null.</summary>
        public string? Request { get; init; }

        /// <summary>What is to be booked, or null.</summary>
        public ReservationDetails? Reservation { get; init; }

        /// <summary>The node that answers for the call (<c>name/incarnation</c>).</summary>
        public string? Node { get; init; }

        /// <summary>The carrier's SID where it is known already.</summary>
        public string? CallSid { get; init; }
    }

    /// <summary>The carrier took the order to dial and gave the call its SID.</summary>
    public sealed record Dialed : CallFact
    {
        /// <summary>The carrier's SID of the call.</summary>
        public required string CallSid { get; init; }
    }

    /// <summary>The call was reported to be in a state.</summary>
    public sealed record Reported : CallFact
    {
        /// <summary>The state.</summary>
        public required CallState State { get; init; }

        /// <summary>Why, as one word of a log: <c>callback</c>, <c>ring_timeout</c>, <c>agent_ended</c>, <c>node_lost</c>.</summary>
        public required string Cause { get; init; }

        /// <summary>Who says so.</summary>
        public required CallFactSource Source { get; init; }

        /// <summary>The carrier's SID of the call, where the report names it.</summary>
        public string? CallSid { get; init; }

        /// <summary>The callback's SequenceNumber.</summary>
        public int? Sequence { get; init; }

        /// <summary>How long the call was, in whole seconds, as the carrier bills it.</summary>
        public int? DurationSeconds { get; init; }

        /// <summary>What went wrong, in a sentence without numbers or words of the call.</summary>
        public string? Error { get; init; }
    }

    /// <summary>A media stream of the call began: its only one, unless the carrier takes the call out of it and back to press keys.</summary>
    public sealed record StreamStarted : CallFact
    {
        /// <summary>The stream's SID.</summary>
        public required string StreamSid { get; init; }

        /// <summary>The call's SID, as the stream gives it.</summary>
        public required string CallSid { get; init; }

        /// <summary>The node that carries the stream.</summary>
        public string? Node { get; init; }
    }

    /// <summary>A media stream of the call ended.</summary>
    public sealed record StreamEnded : CallFact
    {
        /// <summary>The end reason's name, for instance <c>carrier_stopped</c>.</summary>
        public required string Reason { get; init; }

        /// <summary>What went wrong, in a sentence; null when nothing did.</summary>
        public string? Error { get; init; }

        /// <summary>How many streams of the call it speaks of: more than one only where a node was lost with several whose end was not written down.</summary>
        public int Streams { get; init; } = 1;
    }

    /// <summary>Answering-machine detection came to a result.</summary>
    public sealed record Answered : CallFact
    {
        /// <summary>Twilio's <c>AnsweredBy</c>: <c>human</c>, <c>machine_start</c>, <c>machine_end_beep</c>, <c>fax</c>, <c>unknown</c> and their like.</summary>
        public required string By { get; init; }

        /// <summary>How long it took, in milliseconds.</summary>
        public int? DetectionMs { get; init; }
    }

    /// <summary>Somebody asked for the call to be ended.</summary>
    public sealed record HangupRequested : CallFact
    {
        /// <summary>Why: <c>operator</c>, <c>ring_timeout</c>, <c>time_limit</c>, <c>voicemail</c>.</summary>
        public required string Cause { get; init; }
    }

    /// <summary>One turn of the transcript, whole.</summary>
    public sealed record Said : CallFact
    {
        /// <summary>The model's conversation item; one turn has one.</summary>
        public string? ItemId { get; init; }

        /// <summary>The turn.</summary>
        public required TranscriptEntry Entry { get; init; }
    }

    /// <summary>A turn as far as it has come: kept about once a second, so that a crash loses no more than that. <see cref="Said"/> of the same item replaces it.</summary>
    public sealed record Saying : CallFact
    {
        /// <summary>The model's conversation item.</summary>
        public required string ItemId { get; init; }

        /// <summary>The turn so far.</summary>
        public required TranscriptEntry Entry { get; init; }
    }

    /// <summary>The call's outcome was established.</summary>
    public sealed record OutcomeRecorded : CallFact
    {
        /// <summary>The outcome with its source and confidence.</summary>
        public required CallOutcome Outcome { get; init; }
    }

    /// <summary>One turn of the agent was measured.</summary>
    public sealed record TurnMeasured : CallFact
    {
        /// <summary>The measurements.</summary>
        public required CallTurn Turn { get; init; }
    }

    /// <summary>The model reported what a response used.</summary>
    public sealed record UsageReported : CallFact
    {
        /// <summary>The response's tokens.</summary>
        public required CallUsage Usage { get; init; }
    }

    /// <summary>A recording is being made. Should its node be lost, this is how its file is found, and deleted with the call.</summary>
    public sealed record RecordingStarted : CallFact
    {
        /// <summary>The file it becomes, as <see cref="CallRecording.Path"/> has it.</summary>
        public required string Path { get; init; }
    }

    /// <summary>A recording exists.</summary>
    public sealed record Recorded : CallFact
    {
        /// <summary>The recording.</summary>
        public required CallRecording Recording { get; init; }
    }

    /// <summary>Anything else worth keeping, in words.</summary>
    public sealed record Noted : CallFact
    {
        /// <summary>The note.</summary>
        public required string Text { get; init; }
    }
}
