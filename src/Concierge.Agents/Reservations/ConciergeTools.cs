using System.Globalization;
using System.Text.Json.Nodes;
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
    private const string FindSchema = """
        {"type":"object","properties":{"name":{"type":"string","description":"What the guest calls it."}},"required":["name"]}
        """;

    private const string SearchSchema = """
        {"type":"object","properties":{
        "text":{"type":["string","null"],"description":"A name or words about it."},
        "cuisine":{"type":["string","null"],"description":"What is cooked, such as italian."},
        "area":{"type":["string","null"],"description":"Town or quarter."}}}
        """;

    private const string BookSchema = """
        {"type":"object","properties":{
        "restaurant":{"type":"string","description":"The restaurant's name as find_restaurant gave it."},
        "date":{"type":"string","description":"YYYY-MM-DD"},
        "time":{"type":"string","description":"HH:MM, 24 hours"},
        "party_size":{"type":"integer","description":"Guests, 1 to 50."},
        "guest_name":{"type":["string","null"],"description":"The name for the table; leave out when the guest gave none."},
        "special_requests":{"type":["string","null"],"description":"Wishes: a quiet table, an allergy."},
        "earliest_time":{"type":["string","null"],"description":"The earliest time that would do as well, HH:MM."},
        "latest_time":{"type":["string","null"],"description":"The latest time that would do as well, HH:MM."}},
        "required":["restaurant","date","time","party_size"]}
        """;

    private const string LookUpSchema = """
        {"type":"object","properties":{
        "confirmation_number":{"type":["string","null"],"description":"The confirmation number."},
        "restaurant":{"type":["string","null"],"description":"The restaurant."}}}
        """;

    private const string CancelSchema = """
        {"type":"object","properties":{"call_id":{"type":"string","description":"The call_id that lookup_reservation_from_history gave."}},"required":["call_id"]}
        """;

    private const string TranscriptSchema = """
        {"type":"object","properties":{"call_id":{"type":"string","description":"The call."}},"required":["call_id"]}
        """;

    private static readonly AgentToolOptions s_call = new() { Timeout = TimeSpan.FromMinutes(15) };

    /// <summary>
    /// All tools of the program for agent files: these, and those of the telephone. Their schemas are written out: making them of methods costs each start the reflection.
    /// </summary>
    public static IReadOnlyDictionary<string, AgentTool> Catalog { get; } = new AgentTool[]
    {
        new DelegateTool("find_restaurant", "Finds the restaurant that the guest means, by name or by words about it.", FindSchema, FindRestaurant),
        new DelegateTool("search_restaurants", "Searches the directory by name, cuisine and area; all of them when nothing is given.", SearchSchema, SearchRestaurants),
        new DelegateTool("initiate_reservation_call", "Has a restaurant phoned to book a table, and waits for the result. Takes minutes. Call it once.", BookSchema, BookAsync, s_call),
        new DelegateTool("lookup_reservation_from_history", "Finds earlier bookings by confirmation number or restaurant; the latest when neither is given.", LookUpSchema, LookUpAsync),
        new DelegateTool(
            "initiate_cancellation_call", "Has a restaurant phoned to cancel a booking that lookup_reservation_from_history found, and waits for the result.", CancelSchema, CancelAsync, s_call),
        new DelegateTool("read_transcript", "Reads what was said on a call.", TranscriptSchema, ReadTranscriptAsync),
        TelephoneTools.EndCall,
        TelephoneTools.RecordOutcome,
        TelephoneTools.CheckSlot,
        TelephoneTools.SendDtmf,
        TelephoneTools.TransferToHuman,
        TelephoneTools.TakeMessage,
    }.ToDictionary(t => t.Name);

    private static ValueTask<ToolResult> FindRestaurant(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Context.Find<RestaurantDirectory>() is not { All.Count: > 0 } directory)
        {
            return new(ToolResult.Failure("There are no restaurants in the directory. Say that the house has to set RESTAURANTS_FILE or DEMO_RESTAURANT_NAME first."));
        }

        IReadOnlyList<RestaurantMatch> found = directory.Search(invocation.Text("name")!);
        var answer = new JsonObject { ["found"] = Describe(found) };
        if (found.Count == 0)
        {
            answer["say"] = "There is no such restaurant in the directory. Ask for another name, or offer to search.";
        }

        return new(ToolResult.Json(answer));
    }

    private static ValueTask<ToolResult> SearchRestaurants(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        IReadOnlyList<RestaurantMatch> found =
            invocation.Context.Find<RestaurantDirectory>()?.Search(invocation.Text("text"), invocation.Text("cuisine"), invocation.Text("area"), most: 10) ?? [];
        return new(ToolResult.Json(new JsonObject { ["found"] = Describe(found) }));
    }

    private static async ValueTask<ToolResult> BookAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        AgentContext context = invocation.Context;
        string restaurant = invocation.Text("restaurant")!;
        if (context.Find<RestaurantDirectory>()?.FindOne(restaurant) is not { } found)
        {
            return ToolResult.Failure($"'{restaurant}' is not one restaurant of the directory. Call find_restaurant first, and use a name as it gives it.");
        }

        if (!TryReadDate(invocation.Text("date"), out DateOnly day) || !TryReadTime(invocation.Text("time"), out TimeOnly at))
        {
            return ToolResult.Failure("Date or time cannot be read: use YYYY-MM-DD and HH:MM. Ask the guest if it is not plain.");
        }

        int most = context.Variables.TryGetValue("max_party_size", out string? limit) && int.TryParse(limit, CultureInfo.InvariantCulture, out int given) ? given : 50;
        if (invocation.Number("party_size") is not { } guests || guests < 1 || guests > most)
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
            PartySize = guests,
            GuestName = Clean(invocation.Text("guest_name")) ?? context.Variables.GetValueOrDefault("guest_name"),
            GuestPhone = context.Variables.GetValueOrDefault("guest_phone"),
            Notes = Clean(invocation.Text("special_requests")),
            EarliestTime = TryReadTime(invocation.Text("earliest_time"), out TimeOnly earliest) ? earliest : null,
            LatestTime = TryReadTime(invocation.Text("latest_time"), out TimeOnly latest) ? latest : null,
        };
        return await CallAsync(details, invocation, cancellationToken);
    }

    private static async ValueTask<ToolResult> CancelAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Context.Find<IReservationDesk>() is not { } desk)
        {
            return NoTelephone();
        }

        IReadOnlyList<ReservationResult> known = await desk.FindAsync(null, null, cancellationToken);
        if (known.FirstOrDefault(r => r.CallId == invocation.Text("call_id")) is not { } booking)
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

    private static async ValueTask<ToolResult> LookUpAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Context.Find<IReservationDesk>() is not { } desk)
        {
            return NoTelephone();
        }

        string? number = Clean(invocation.Text("confirmation_number")) is { } spoken ? ConfirmationNumber.Normalise(spoken) : null;
        IReadOnlyList<ReservationResult> found = await desk.FindAsync(number, Clean(invocation.Text("restaurant")), cancellationToken);
        return ToolResult.Json(new JsonObject { ["found"] = new JsonArray([.. found.Take(5).Select(r => Report(r, desk.IsSimulated))]) });
    }

    private static async ValueTask<ToolResult> ReadTranscriptAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        string? transcript = invocation.Context.Find<IReservationDesk>() is { } desk ? await desk.ReadTranscriptAsync(invocation.Text("call_id")!, cancellationToken) : null;
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

    private static JsonObject Report(ReservationResult result, bool simulated) => new()
    {
        ["call_id"] = result.CallId,
        ["kind"] = result.Details.Kind == ReservationKind.Cancel ? "cancellation" : "reservation",
        ["status"] = result.Status.ToString().ToLowerInvariant(),
        ["error"] = result.Error,
        ["restaurant"] = result.Details.Restaurant,
        ["confirmation_number"] = result.Outcome.ConfirmationNumber ?? result.Details.ConfirmationNumber,
        ["date"] = (result.Outcome.Date ?? result.Details.Date)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["time"] = (result.Outcome.Time ?? result.Details.Time)?.ToString("HH:mm", CultureInfo.InvariantCulture),
        ["party_size"] = result.Outcome.PartySize ?? result.Details.PartySize,
        ["name"] = result.Outcome.Name ?? result.Details.GuestName,
        ["notes"] = result.Outcome.Notes,
        ["differs_from_request"] = result.Differences() is { Count: > 0 } differences ? new JsonArray([.. differences.Select(d => (JsonNode)d)]) : null,
        ["simulated"] = simulated,
    };

    private static JsonArray Describe(IEnumerable<RestaurantMatch> found) => new([.. found.Select(m => new JsonObject
    {
        ["name"] = m.Restaurant.Name,
        ["cuisine"] = m.Restaurant.Cuisine,
        ["area"] = m.Restaurant.Area,
        ["address"] = m.Restaurant.Address,
        ["notes"] = m.Restaurant.Notes,
    })]);

    private static ToolResult NoTelephone() => ToolResult.Failure("There is no telephone here. Say that calls cannot be placed at the moment.");

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool TryReadDate(string? text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool TryReadTime(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
