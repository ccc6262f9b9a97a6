using System.Globalization;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Exchange;

/// <summary>The Calls resource: create, fetch, update, list, delete (PROTOCOL A.10).</summary>
internal sealed class CallApi(TwilioExchange exchange)
{
    public TwilioRestAnswer Create(RestForm form)
    {
        (CallRequest? request, RestProblem? problem) = CallRequest.Read(form);
        return request is null ? RestApi.Refuse(problem!) : RestApi.Json(Render(exchange.PlaceCall(request)), 201);
    }

    public TwilioRestAnswer List(RestForm form, string path)
    {
        IEnumerable<TwilioExchangeCall> calls = exchange.Calls.Reverse()
            .Where(c => form["Status"] is not { } status || c.Status == status)
            .Where(c => form["To"] is not { } to || c.To == to)
            .Where(c => form["From"] is not { } from || c.From == from)
            .Where(c => form["ParentCallSid"] is not { } parent || c.ParentSid == parent);
        return RestApi.Page("calls", [.. calls.Select(Render)], form, path);
    }

    public TwilioRestAnswer One(string sid, string method, RestForm form, string path)
    {
        if (exchange.Find(sid) is not { } call)
        {
            return RestApi.Refuse(RestProblem.NotFound(path));
        }

        switch (method)
        {
            case "POST":
                return Update(call, form);
            case "DELETE" when !call.HasEnded:
                return RestApi.Refuse(new RestProblem(409, 20409, "A call in progress cannot be deleted."));
            case "DELETE":
                exchange.Remove(call);
                return RestApi.Nothing;
            default:
                return RestApi.Json(Render(call));
        }
    }

    private TwilioRestAnswer Update(TwilioExchangeCall call, RestForm form)
    {
        if (CallRequest.ReadSource(form, out TwimlSource? source, required: false) is { } problem)
        {
            return RestApi.Refuse(problem);
        }

        string? status = form["Status"];
        if (status is not (null or "canceled" or "completed"))
        {
            return RestApi.Refuse(new RestProblem(400, 20001, "Status must be canceled or completed."));
        }

        if (call.HasEnded)
        {
            return status is null
                ? RestApi.Refuse(new RestProblem(400, 21220, "Call is not in-progress. Cannot redirect."))
                : RestApi.Json(Render(call));
        }

        if (form["TimeLimit"] is { } limit)
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > 86400)
            {
                return RestApi.Refuse(new RestProblem(400, 20001, "TimeLimit must be an integer between 1 and 86400."));
            }

            call.Run!.Limit(TimeSpan.FromSeconds(seconds));
        }

        if (CallRequest.Address(form["StatusCallback"]) is { } callback)
        {
            call.Run!.TellTo(callback, CallRequest.Method(form, "StatusCallbackMethod"));
        }

        bool waiting = call.Status is "queued" or "initiated" or "ringing";
        if (status is not null)
        {
            // Canceled is for calls that wait; one that talks goes on.
            if (status == "completed" || waiting)
            {
                call.Run!.End(waiting ? "canceled" : "completed");
            }

            return RestApi.Json(Render(call));
        }

        if (source is not null)
        {
            if (waiting)
            {
                return RestApi.Refuse(new RestProblem(400, 21220, "Call is not in-progress. Cannot redirect."));
            }

            call.Run!.Instruct(source);
        }

        return RestApi.Json(Render(call));
    }

    private JsonNode Render(TwilioExchangeCall call)
    {
        string uri = $"/2010-04-01/Accounts/{exchange.Options.AccountSid}/Calls/{call.Sid}";
        var subresources = new JsonObject();
        foreach (string name in (string[])["Events", "Notifications", "Payments", "Recordings", "Siprec", "Streams", "Transcriptions", "UserDefinedMessages", "UserDefinedMessageSubscriptions"])
        {
            string key = string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
            subresources[key] = $"{uri}/{name}.json";
        }

        return new JsonObject
        {
            ["sid"] = call.Sid,
            ["account_sid"] = exchange.Options.AccountSid,
            ["parent_call_sid"] = call.ParentSid,
            ["to"] = call.To,
            ["to_formatted"] = Formatted(call.To),
            ["from"] = call.From,
            ["from_formatted"] = Formatted(call.From),
            ["phone_number_sid"] = null,
            ["status"] = call.Status,
            ["start_time"] = Time(call.StartedAt),
            ["end_time"] = Time(call.EndedAt),
            ["date_created"] = Time(call.CreatedAt),
            ["date_updated"] = Time(call.UpdatedAt),
            ["duration"] = call.HasEnded ? call.DurationSeconds.ToString(CultureInfo.InvariantCulture) : null,
            ["price"] = null,
            ["price_unit"] = "USD",
            ["direction"] = call.Direction,
            ["answered_by"] = call.AnsweredBy,
            ["api_version"] = "2010-04-01",
            ["annotation"] = null,
            ["caller_name"] = null,
            ["forwarded_from"] = null,
            ["group_sid"] = null,
            ["queue_time"] = ((long)((call.StartedAt ?? call.CreatedAt) - call.CreatedAt).TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["trunk_sid"] = null,
            ["uri"] = uri + ".json",
            ["subresource_uris"] = subresources,
        };
    }

    private static string? Time(DateTimeOffset? at) => at is { } time ? Rfc2822.Format(time) : null;

    private static string Formatted(string number) =>
        number.Length == 12 && number.StartsWith("+1", StringComparison.Ordinal) ? $"({number[2..5]}) {number[5..8]}-{number[8..]}" : number;
}
