using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Agents.Reservations;

/// <summary>Compares what was agreed with what was asked for: the agent's own word on it is not enough.</summary>
public static class ReservationComparison
{
    /// <summary>In which points a confirmed booking differs from the request: <c>date</c>, <c>time</c>, <c>party_size</c>. What was not recorded does not differ.</summary>
    public static IReadOnlyList<string> Differences(this ReservationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Status != CallOutcomeStatus.Confirmed || result.Details.Kind == ReservationKind.Cancel)
        {
            return [];
        }

        var differences = new List<string>();
        if (result.Outcome.Date is { } date && result.Details.Date is { } day && date != day)
        {
            differences.Add("date");
        }

        if (result.Outcome.Time is { } time && result.Details.Time is { } at && time != at)
        {
            differences.Add("time");
        }

        if (result.Outcome.PartySize is { } size && result.Details.PartySize is { } guests && size != guests)
        {
            differences.Add("party_size");
        }

        return differences;
    }
}
