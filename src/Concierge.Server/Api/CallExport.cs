using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Store;
using Concierge.Server.Node;

namespace Concierge.Server.Api;

/// <summary>Calls as JSON Lines (everything, the transcript too) or CSV (RFC 4180; one line per call, for a spreadsheet).</summary>
internal static class CallExport
{
    private const string Header = "id,call_sid,direction,from,to,agent,state,cause,created_at,answered_at,ended_at,duration_seconds,answered_by,outcome,confirmation_number,date,time,party_size,name,notes,modified,error";

    /// <summary>Writes every call that a query finds, page by page.</summary>
    /// <param name="store">The calls.</param>
    /// <param name="query">Which; its limit is the page's.</param>
    /// <param name="csv">CSV, or JSON Lines.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many calls were written.</returns>
    public static async Task<int> WriteAsync(ICallStore store, CallQuery query, bool csv, TextWriter output, CancellationToken cancellationToken)
    {
        if (csv)
        {
            await output.WriteAsync((Header + "\r\n").AsMemory(), cancellationToken);
        }

        int written = 0;
        for (CallQuery? next = query with { Limit = 200 }; next is not null;)
        {
            CallPage page = await store.ListAsync(next, cancellationToken);
            foreach (CallRecord call in page.Calls)
            {
                string line = csv ? Csv(call) + "\r\n" : (await JsonAsync(store, call, cancellationToken)).ToJsonString() + "\n";
                await output.WriteAsync(line.AsMemory(), cancellationToken);
                written++;
            }

            await output.FlushAsync(cancellationToken);
            next = page.Next is { } cursor ? next with { Cursor = cursor } : null;
        }

        return written;
    }

    private static async Task<JsonObject> JsonAsync(ICallStore store, CallRecord call, CancellationToken cancellationToken)
    {
        JsonObject node = ApiJson.Call(call);
        node["facts"] = new JsonArray([.. (await CallHistory.ReadAsync(store, call.Id, cancellationToken)).Select(f => (JsonNode)ApiJson.Fact(f))]);
        return node;
    }

    private static string Csv(CallRecord call)
    {
        CallOutcome? outcome = call.Outcome;
        string?[] fields =
        [
            call.Id, call.CallSid, call.Direction == CallDirection.Inbound ? "inbound" : "outbound", Number(call.From), Number(call.To), Words(call.Agent), call.State.Name(), call.Cause,
            Time(call.CreatedAt), Time(call.AnsweredAt), Time(call.EndedAt), call.DurationSeconds?.ToString(CultureInfo.InvariantCulture), call.AnsweredBy,
            outcome?.Status.ToString().ToLowerInvariant(), outcome?.ConfirmationNumber, outcome?.Date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            outcome?.Time?.ToString("HH:mm", CultureInfo.InvariantCulture), outcome?.PartySize?.ToString(CultureInfo.InvariantCulture), Words(outcome?.Name), Words(outcome?.Notes),
            outcome is null ? null : outcome.Modified ? "true" : "false", Words(call.Error),
        ];
        return string.Join(',', fields.Select(Quote));
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number keeps its plus sign: digits behind it make no formula. Whatever else stands there is treated as words.</summary>
    private static string? Number(string? text) => Calls.Policy.PhoneNumber.IsE164(text) ? text : Words(text);

    /// <summary>What others said must not become a formula in somebody's spreadsheet.</summary>
    private static string? Words(string? text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;

    private static string Quote(string? field)
    {
        if (field is null || field.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            return field ?? "";
        }

        return new StringBuilder(field.Length + 2).Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }
}
