using Concierge.Calls.Outcome;

namespace Concierge.Calls.Life;

/// <summary>
/// Makes the record out of the facts. The result does not depend on their order: states and sequence numbers are maxima, the time and cause of a state are those
/// of its earliest report, an outcome told by the agent outranks one read from the transcript and a later one an earlier of the same kind. A repeated fact
/// must be left out by the caller (the store knows the ids); its state would change nothing, its counts would.
/// </summary>
public static class CallFold
{
    /// <summary>Adds one fact to a record.</summary>
    /// <param name="record">The record so far, or null before the first fact.</param>
    /// <param name="fact">The fact.</param>
    /// <returns>The record with the fact in it, one version on.</returns>
    public static CallRecord Apply(CallRecord? record, CallFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        CallRecord call = record ?? new CallRecord { Id = fact.CallId, CreatedAt = fact.At, StateAt = fact.At, UpdatedAt = fact.At };
        call = fact switch
        {
            CallFact.Created created => ApplyCreated(call, created),
            CallFact.Dialed dialed => call with { CallSid = call.CallSid ?? dialed.CallSid },
            CallFact.Reported reported => ApplyReport(call, reported),
            CallFact.StreamStarted started => ApplyStart(call, started),
            CallFact.StreamEnded ended => ApplyEnd(call, ended),
            CallFact.Answered answered => call with { AnsweredBy = Detected(call.AnsweredBy, answered.By) },
            CallFact.HangupRequested hangup => call.HangupAt <= hangup.At ? call : call with { HangupCause = hangup.Cause, HangupAt = hangup.At },
            CallFact.Said => call with { TranscriptTurns = call.TranscriptTurns + 1 },
            CallFact.OutcomeRecorded recorded => ApplyOutcome(call, recorded),
            CallFact.UsageReported used => call with { Usage = call.Usage.Plus(used.Usage) },
            CallFact.Recorded => call with { Recordings = call.Recordings + 1 },
            _ => call,
        };
        return call with
        {
            CreatedAt = Earlier(call.CreatedAt, fact.At),
            UpdatedAt = call.UpdatedAt > fact.At ? call.UpdatedAt : fact.At,
            Version = call.Version + 1,
        };
    }

    private static CallRecord ApplyCreated(CallRecord call, CallFact.Created created) => call with
    {
        Direction = created.Direction,
        From = call.From ?? created.From,
        To = call.To ?? created.To,
        Agent = call.Agent ?? created.Agent,
        Request = call.Request ?? created.Request,
        Reservation = call.Reservation ?? created.Reservation,
        CallSid = call.CallSid ?? created.CallSid,

        // Who carries the stream outranks who dialled.
        Node = call.StreamStartedAt is null ? created.Node ?? call.Node : call.Node ?? created.Node,
        StateAt = call.State == CallState.Initiated ? Earlier(call.StateAt, created.At) : call.StateAt,
    };

    /// <summary>Of several streams, one after the other, the latest is the one that its node and SID are told of.</summary>
    private static CallRecord ApplyStart(CallRecord call, CallFact.StreamStarted started)
    {
        bool latest = call.LastStreamAt is not { } last || started.At >= last;
        return call with
        {
            StreamSid = latest ? started.StreamSid : call.StreamSid,
            CallSid = call.CallSid ?? started.CallSid,
            Node = latest ? started.Node ?? call.Node : call.Node,
            StreamStartedAt = Earlier(call.StreamStartedAt, started.At),
            LastStreamAt = latest ? started.At : call.LastStreamAt,
            Streams = call.Streams + 1,
        };
    }

    private static CallRecord ApplyEnd(CallRecord call, CallFact.StreamEnded ended)
    {
        bool last = call.StreamEndedAt is not { } before || ended.At >= before;
        return call with
        {
            StreamEndedAt = last ? ended.At : call.StreamEndedAt,
            StreamEndReason = last ? ended.Reason : call.StreamEndReason,
            StreamError = last ? ended.Error : call.StreamError,
            StreamsEnded = call.StreamsEnded + Math.Max(1, ended.Streams), // facts of older versions do not say
        };
    }

    private static CallRecord ApplyReport(CallRecord call, CallFact.Reported report)
    {
        bool moves = CallStates.CanMove(call.State, report.State);
        bool sooner = report.State == call.State && report.At < call.StateAt;
        call = call with
        {
            CallSid = call.CallSid ?? report.CallSid,
            LastSequence = Math.Max(call.LastSequence, report.Sequence ?? -1),
            DurationSeconds = Longer(call.DurationSeconds, report.DurationSeconds),
            RingingAt = report.State == CallState.Ringing ? Earlier(call.RingingAt, report.At) : call.RingingAt,
            AnsweredAt = report.State == CallState.InProgress ? Earlier(call.AnsweredAt, report.At) : call.AnsweredAt,
        };
        return moves || sooner
            ? call with
            {
                State = report.State,
                Cause = report.Cause,
                StateAt = report.At,
                StateSource = report.Source,
                EndedAt = report.State.IsFinal() ? report.At : null,
                StateError = report.Error,
            }
            : call;
    }

    private static CallRecord ApplyOutcome(CallRecord call, CallFact.OutcomeRecorded recorded)
    {
        bool better = call.Outcome is not { } before
            || Rank(recorded.Outcome.Source) > Rank(before.Source)
            || (Rank(recorded.Outcome.Source) == Rank(before.Source) && recorded.At >= call.OutcomeAt);
        return better ? call with { Outcome = recorded.Outcome, OutcomeAt = recorded.At } : call;
    }

    private static int Rank(CallOutcomeSource source) => source switch
    {
        CallOutcomeSource.AgentTool => 2,
        CallOutcomeSource.Transcript => 1,
        _ => 0,
    };

    /// <summary>"unknown" gives way to anything; between two answers the one that says more (<c>machine_end_beep</c> after <c>machine_start</c>) stays.</summary>
    private static string Detected(string? before, string now)
    {
        if (before is null or "unknown")
        {
            return now;
        }

        return now != "unknown" && string.CompareOrdinal(now, before) < 0 ? now : before;
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one is { } known && known <= other ? known : other;

    private static int? Longer(int? one, int? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;
}
