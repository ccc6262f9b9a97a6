using System.Globalization;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Microsoft.Extensions.Primitives;

namespace Concierge.Server.Api;

/// <summary>Reads a listing's filters from a query.</summary>
internal static class CallQueries
{
    public static readonly string[] Names = ["state", "direction", "number", "agent", "from", "until", "limit", "cursor"];

    /// <returns>The query, or what is wrong with it.</returns>
    public static (CallQuery? Query, string? Problem) Read(IQueryCollection query, params string[] also)
    {
        if (query.Keys.FirstOrDefault(k => !Names.Contains(k) && !also.Contains(k)) is not null)
        {
            return (null, $"There is a filter that does not exist; there are {string.Join(", ", Names)}.");
        }

        List<CallState> states = [];
        foreach (string name in query["state"].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!CallStates.TryParse(name, out CallState state))
            {
                return (null, "state is one of initiated, ringing, in_progress, completed, canceled, no_answer, busy, failed.");
            }

            states.Add(state);
        }

        CallDirection? direction = Text(query["direction"]) switch { "inbound" => CallDirection.Inbound, "outbound" => CallDirection.Outbound, _ => null };
        if (direction is null && Text(query["direction"]) is not null)
        {
            return (null, "direction is inbound or outbound.");
        }

        if (!TryTime(query["from"], out DateTimeOffset? from) || !TryTime(query["until"], out DateTimeOffset? until))
        {
            return (null, "from and until are times such as 2026-05-01T12:00:00Z.");
        }

        int limit = 50;
        if (Text(query["limit"]) is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= CallQuery.MaxLimit))
        {
            return (null, $"limit is a whole number from 1 to {CallQuery.MaxLimit}.");
        }

        return (new CallQuery
        {
            States = states,
            Direction = direction,
            Number = Text(query["number"]),
            Agent = Text(query["agent"]),
            From = from,
            Until = until,
            Limit = limit,
            Cursor = Text(query["cursor"]),
        }, null);
    }

    private static string? Text(StringValues values) => values is [{ Length: > 0 } one] ? one : null;

    private static bool TryTime(StringValues values, out DateTimeOffset? time)
    {
        time = null;
        if (Text(values) is not { } text)
        {
            return true;
        }

        // A plus sign in a query is a space by the time it comes here.
        bool read = DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset value);
        time = read ? value.ToUniversalTime() : null;
        return read;
    }
}
