using Concierge.Calls.Carrier;
using Concierge.Calls.Life;

namespace Concierge.Calls.Outbound;

/// <summary>Turns what the carrier tells when asked into facts.</summary>
internal static class CarrierReports
{
    /// <summary>Writes the carrier's answer down. The same answer twice is the same fact.</summary>
    public static CallRecord Record(CallBook book, string callId, CarrierCall there, string cause)
    {
        if (there.AnsweredBy is { Length: > 0 } by)
        {
            book.Record(new CallFact.Answered { CallId = callId, FactId = $"{callId}:by:{by}", At = book.Now, By = by });
        }

        return book.Record(new CallFact.Reported
        {
            CallId = callId,
            FactId = $"{callId}:is:{there.State.Name()}",
            At = there.EndedAt ?? book.Now,
            State = there.State,
            Cause = cause,
            Source = CallFactSource.Carrier,
            CallSid = there.Sid,
            DurationSeconds = there.DurationSeconds,
        });
    }
}
