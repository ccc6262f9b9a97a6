using System.ComponentModel;
using System.Globalization;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Restaurants;
using Concierge.Agents.Telephone;
using Concierge.Agents.Tools;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;

namespace Concierge.Agents.Reservations;

/// <summary>
/// The tools of the concierge's text side, by the names that agent files use. They find their <see cref="RestaurantDirectory"/> and <see cref="IReservationDesk"/> in the
/// conversation's context. Numbers to dial come from the directory, never from the model.
/// </summary>
public static class ConciergeTools
{
    private static readonly AgentToolOptions s_call = new() { Timeout = TimeSpan.FromMinutes(15) };

    /// <summary>All tools of the program for agent files: these, and those of the telephone.</summary>
    public static IReadOnlyDictionary<string, AgentTool> Catalog { get; } = new AgentTool[]
    {
        FunctionTool.Create("find_restaurant", "Finds the restaurant that the guest means, by name or by words about it.", FindRestaurant),
        FunctionTool.Create("search_restaurants", "Searches the directory by name, cuisine and area; all of them when nothing is given.", SearchRestaurants),
        FunctionTool.Create("initiate_reservation_call", "Has a restaurant phoned to book a table, and waits for the result. Takes minutes. Call it once.", BookAsync, s_call),
        FunctionTool.Create("lookup_reservation_from_history", "Finds earlier bookings by confirmation number or restaurant; the latest when neither is given.", LookUpAsync),
        FunctionTool.Create("initiate_cancellation_call", "Has a restaurant phoned to cancel a booking that lookup_reservation_from_history found, and waits for the result.", CancelAsync, s_call),
        FunctionTool.Create("read_transcript", "Reads what was said on a call.", ReadTranscriptAsync),
        TelephoneTools.EndCall,
        TelephoneTools.RecordOutcome,
        TelephoneTools.CheckSlot,
        TelephoneTools.SendDtmf,
        TelephoneTools.TransferToHuman,
        TelephoneTools.TakeMessage,
    }.ToDictionary(t => t.Name);

    private static ToolResult FindRestaurant([Description("What the guest calls it.")] string name, AgentContext context)
    {
        if (context.Find<RestaurantDirectory>() is not { All.Count: > 0 } directory)
        {
            return ToolResult.Failure("There are no restaurants in the directory. Say that the house has to set RESTAURANTS_FILE or DEMO_RESTAURANT_NAME first.");
        }

        IReadOnlyList<RestaurantMatch> found = directory.Search(name);
        return found.Count == 0
            ? ToolResult.Json(new { found = Array.Empty<object>(), say = "There is no such restaurant in the directory. Ask for another name, or offer to search." })
            : ToolResult.Json(new { found = found.Select(m => Describe(m.Restaurant)) });
    }

    private static ToolResult SearchRestaurants(
        AgentContext context,
        [Description("A name or words about it.")] string? text = null,
        [Description("What is cooked, such as italian.")] string? cuisine = null,
        [Description("Town or quarter.")] string? area = null)
    {
        IReadOnlyList<RestaurantMatch> found = context.Find<RestaurantDirectory>()?.Search(text, cuisine, area, most: 10) ?? [];
        return ToolResult.Json(new { found = found.Select(m => Describe(m.Restaurant)) });
    }

    private static async Task<ToolResult> BookAsync(
        ToolInvocation invocation,
        CancellationToken cancellationToken,
        [Description("The restaurant's name as find_restaurant gave it.")] string restaurant,
        [Description("YYYY-MM-DD")] string date,
        [Description("HH:MM, 24 hours")] string time,
        [Description("Guests, 1 to 50.")] int party_size,
        [Description("The name for the table; leave out when the guest gave none.")] string? guest_name = null,
        [Description("Wishes: a quiet table, an allergy.")] string? special_requests = null,
        [Description("The earliest time that would do as well, HH:MM.")] string? earliest_time = null,
        [Description("The latest time that would do as well, HH:MM.")] string? latest_time = null)
    {
        AgentContext context = invocation.Context;
        if (context.Find<RestaurantDirectory>()?.FindOne(restaurant) is not { } found)
        {
            return ToolResult.Failure($"'{restaurant}' is not one restaurant of the directory. Call find_restaurant first, and use a name as it gives it.");
        }

        if (!TryReadDate(date, out DateOnly day) || !TryReadTime(time, out TimeOnly at))
        {
            return ToolResult.Failure("Date or time cannot be read: use YYYY-MM-DD and HH:MM. Ask the guest if it is not plain.");
        }

        int most = context.Variables.TryGetValue("max_party_size", out string? limit) && int.TryParse(limit, CultureInfo.InvariantCulture, out int given) ? given : 50;
        if (party_size < 1 || party_size > most)
        {
            return ToolResult.Failure($"A table is for 1 to {most} guests. Ask the guest.");
        }

        if (context.Find<TimeProvider>() is { } clock && day.ToDateTime(at) < clock.GetLocalNow().DateTime)
        {
            return ToolResult.Failure("That time is over. Ask the guest for one to come.");
        }

        var details = new ReservationDetails
        {
            Kind = ReservationKind.Book,
            Restaurant = found.Name,
            RestaurantPhone = found.Phone,
            Date = day,
            Time = at,
            PartySize = party_size,
            GuestName = Clean(guest_name) ?? context.Variables.GetValueOrDefault("guest_name"),
            GuestPhone = context.Variables.GetValueOrDefault("guest_phone"),
            Notes = Clean(special_requests),
            EarliestTime = TryReadTime(earliest_time, out TimeOnly earliest) ? earliest : null,
            LatestTime = TryReadTime(latest_time, out TimeOnly latest) ? latest : null,
        };
        return await CallAsync(details, invocation, cancellationToken);
    }

    private static async Task<ToolResult> CancelAsync(
        ToolInvocation invocation, CancellationToken cancellationToken, [Description("The call_id that lookup_reservation_from_history gave.")] string call_id)
    {
        if (invocation.Context.Find<IReservationDesk>() is not { } desk)
        {
            return NoTelephone();
        }

        IReadOnlyList<ReservationResult> known = await desk.FindAsync(null, null, cancellationToken);
        if (known.FirstOrDefault(r => r.CallId == call_id) is not { } booking)
        {
            return ToolResult.Failure("There is no booking of that call_id. Call lookup_reservation_from_history first.");
        }

        ReservationDetails details = booking.Details with
        {
            Kind = ReservationKind.Cancel,
            ConfirmationNumber = booking.Outcome.ConfirmationNumber,
            Date = booking.Outcome.Date ?? booking.Details.Date,
            Time = booking.Outcome.Time ?? booking.Details.Time,
            PartySize = booking.Outcome.PartySize ?? booking.Details.PartySize,
            GuestName = booking.Outcome.Name ?? booking.Details.GuestName,
            Notes = null,
        };
        return await CallAsync(details, invocation, cancellationToken);
    }

    private static async Task<ToolResult> LookUpAsync(
        AgentContext context,
        CancellationToken cancellationToken,
        [Description("The confirmation number.")] string? confirmation_number = null,
        [Description("The restaurant.")] string? restaurant = null)
    {
        if (context.Find<IReservationDesk>() is not { } desk)
        {
            return NoTelephone();
        }

        string? number = Clean(confirmation_number) is { } spoken ? ConfirmationNumber.Normalise(spoken) : null;
        IReadOnlyList<ReservationResult> found = await desk.FindAsync(number, Clean(restaurant), cancellationToken);
        return ToolResult.Json(new { found = found.Take(5).Select(r => Report(r, desk.IsSimulated)) });
    }

    private static async Task<ToolResult> ReadTranscriptAsync(AgentContext context, CancellationToken cancellationToken, [Description("The call.")] string call_id)
    {
        string? transcript = context.Find<IReservationDesk>() is { } desk ? await desk.ReadTranscriptAsync(call_id, cancellationToken) : null;
        return transcript is null ? ToolResult.Failure("There is no such call.") : new ToolResult(SensitiveText.Mask(transcript));
    }

    private static async Task<ToolResult> CallAsync(ReservationDetails details, ToolInvocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Context.Find<IReservationDesk>() is not { } desk)
        {
            return NoTelephone();
        }

        ReservationResult result = await desk.CallAsync(details, invocation.Context.ConversationId, $"{invocation.Context.ConversationId}/{invocation.CallId}", invocation.Context.Find<CallWatch>()?.Placed, cancellationToken);
        invocation.Context.Set(result);
        return ToolResult.Json(Report(result, desk.IsSimulated));
    }

    private static object Report(ReservationResult result, bool simulated) => new
    {
        call_id = result.CallId,
        kind = result.Details.Kind == ReservationKind.Cancel ? "cancellation" : "reservation",
        status = result.Status.ToString().ToLowerInvariant(),
        error = result.Error,
        restaurant = result.Details.Restaurant,
        confirmation_number = result.Outcome.ConfirmationNumber ?? result.Details.ConfirmationNumber,
        date = (result.Outcome.Date ?? result.Details.Date)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        time = (result.Outcome.Time ?? result.Details.Time)?.ToString("HH:mm", CultureInfo.InvariantCulture),
        party_size = result.Outcome.PartySize ?? result.Details.PartySize,
        name = result.Outcome.Name ?? result.Details.GuestName,
        notes = result.Outcome.Notes,
        differs_from_request = result.Differences() is { Count: > 0 } differences ? differences : null,
        simulated,
    };

    private static object Describe(Restaurant restaurant) => new { name = restaurant.Name, cuisine = restaurant.Cuisine, area = restaurant.Area, address = restaurant.Address, notes = restaurant.Notes };

    private static ToolResult NoTelephone() => ToolResult.Failure("There is no telephone here. Say that calls cannot be placed at the moment.");

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool TryReadDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool TryReadTime(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
