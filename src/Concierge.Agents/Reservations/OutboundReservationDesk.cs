using System.Text;
using Concierge.Agents.Ready;
using Concierge.Agents.Restaurants;
using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Calls.Store;

namespace Concierge.Agents.Reservations;

/// <summary>A desk that has the carrier dial, and remembers by the store.</summary>
/// <param name="calls">Places calls.</param>
/// <param name="store">Remembers them.</param>
/// <param name="transcript">What was said on a call, by its record.</param>
/// <param name="analyse">Reads the outcome of a call whose agent recorded none off its transcript; null for nobody.</param>
public sealed class OutboundReservationDesk(
    IOutboundCalls calls,
    ICallStore store,
    Func<CallRecord, CancellationToken, Task<IReadOnlyList<TranscriptEntry>>> transcript,
    Func<CallRecord, CancellationToken, Task<CallOutcome?>>? analyse = null) : IReservationDesk
{
    private static readonly TimeSpan s_hangUpPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <inheritdoc/>
    public async Task<ReservationResult> CallAsync(ReservationDetails details, string sessionId, string orderId, Action<string>? placed, CancellationToken cancellationToken)
    {
        CallRecord call;
        try
        {
            string agent = details.Kind == ReservationKind.Cancel ? ReadyAgents.CancellationCall : ReadyAgents.ReservationCall;
            call = await calls.PlaceAsync(
                new OutboundCallRequest(details.RestaurantPhone ?? "", agent, Reservation: details) { RequestedBy = sessionId, IdempotencyKey = orderId }, cancellationToken);
        }
        catch (CallRefusedException refused)
        {
            return new ReservationResult(CallOutcomeStatus.Error, null, details, CallOutcome.Nothing with { Status = CallOutcomeStatus.Error }, refused.Message);
        }

        try
        {
            placed?.Invoke(call.Id);
            call = await calls.WaitForEndAsync(call.Id, cancellationToken);
            CallOutcome? outcome = call.Outcome ?? (analyse is null ? null : await analyse(call, cancellationToken));
            return ReservationResult.From(call with { Outcome = outcome });
        }
        catch (OperationCanceledException)
        {
            // Whoever asked is gone: a call that nobody wants must not go on.
            using var patience = new CancellationTokenSource(s_hangUpPatience);
            await calls.HangUpAsync(call.Id, "request_abandoned", patience.Token);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReservationResult>> FindAsync(string? confirmationNumber, string? restaurant, CancellationToken cancellationToken)
    {
        CallPage page = await store.ListAsync(new CallQuery { Limit = 200 }, cancellationToken);
        return Pick(page.Calls.Where(c => c.Outcome is not null).Select(ReservationResult.From), confirmationNumber, restaurant);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadTranscriptAsync(string callId, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(callId, cancellationToken) is not { } call)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (TranscriptEntry entry in await transcript(call, cancellationToken))
        {
            text.Append(entry.Speaker == TranscriptSpeaker.Agent ? "We: " : "Restaurant: ").Append(entry.Text).Append('\n');
        }

        return text.Length == 0 ? "(Nothing was said, or it was not kept.)" : text.ToString();
    }

    /// <summary>Bookings that still stand and are meant by a number or a restaurant, the latest first.</summary>
    /// <param name="latestFirst">All results, the latest first.</param>
    /// <param name="confirmationNumber">The number; null for any.</param>
    /// <param name="restaurant">The restaurant, spelled roughly; null for any.</param>
    public static IReadOnlyList<ReservationResult> Pick(IEnumerable<ReservationResult> latestFirst, string? confirmationNumber, string? restaurant)
    {
        var cancelled = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var found = new List<ReservationResult>();
        foreach (ReservationResult result in latestFirst.Where(r => r.Status == CallOutcomeStatus.Confirmed))
        {
            string key = $"{result.Details.Restaurant}/{result.Outcome.ConfirmationNumber ?? result.Details.ConfirmationNumber}";
            if (result.Details.Kind == ReservationKind.Cancel)
            {
                cancelled.Add(key);
            }
            else if (!cancelled.Contains(key) && Means(result, confirmationNumber, restaurant))
            {
                found.Add(result);
            }
        }

        return found;
    }

    private static bool Means(ReservationResult result, string? number, string? restaurant)
    {
        if (number is not null && !string.Equals(result.Outcome.ConfirmationNumber, number, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return restaurant is null || result.Details.Restaurant is { } name && new RestaurantDirectory([new Restaurant(name, "")]).Search(restaurant).Count > 0;
    }
}
