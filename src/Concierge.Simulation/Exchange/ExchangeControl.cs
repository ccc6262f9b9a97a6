using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>What is the twin's own and no vendor's: place an incoming call, see what happened to a call.</summary>
internal sealed class ExchangeControl(TwilioExchange exchange)
{
    public TwilioRestAnswer Handle(string method, string path, string body)
    {
        string[] parts = path.Trim('/').Split('/');
        return (method, parts[1..]) switch
        {
            ("POST", ["calls"]) => CallIn(RestForm.Parse(body)),
            ("GET", ["calls"]) => RestApi.Json(new JsonArray([.. exchange.Calls.Select(c => (JsonNode)Summary(c))])),
            ("GET", ["calls", var sid]) when exchange.Find(sid) is { } call => RestApi.Json(Detail(call)),
            ("GET", ["warnings"]) => RestApi.Json(new JsonArray([.. exchange.Notifications.Select(n => (JsonNode)Warning(n))])),
            _ => RestApi.Refuse(RestProblem.NotFound(path)),
        };
    }

    private TwilioRestAnswer CallIn(RestForm form)
    {
        if (CallRequest.Address(form["Url"]) is not { } url)
        {
            return RestApi.Refuse(new RestProblem(400, 21205, "Url parameter is required: the webhook of the number called."));
        }

        try
        {
            Scenario? scenario = form["Scenario"] is { } name ? ScenarioLibrary.Get(name) : null;
            TwilioExchangeCall call = exchange.CallIn(url, form["From"] ?? "+15005550110", form["To"] ?? "+15005550006", scenario, CallRequest.Address(form["StatusCallback"]));
            return RestApi.Json(Summary(call), 201);
        }
        catch (ScenarioException e)
        {
            return RestApi.Refuse(new RestProblem(400, 20001, e.Message));
        }
    }

    private static JsonObject Summary(TwilioExchangeCall call) => new()
    {
        ["sid"] = call.Sid,
        ["status"] = call.Status,
        ["direction"] = call.Direction,
        ["from"] = call.From,
        ["to"] = call.To,
        ["scenario"] = call.Scenario.Name,
    };

    private JsonObject Detail(TwilioExchangeCall call)
    {
        JsonObject detail = Summary(call);
        detail["verbs"] = new JsonArray([.. call.Verbs.Select(v => (JsonNode)new JsonObject { ["at_ms"] = (long)v.At.TotalMilliseconds, ["verb"] = v.Name, ["detail"] = v.Detail })]);
        detail["requests"] = new JsonArray([.. call.Requests.Select(r => (JsonNode)new JsonObject
        {
            ["purpose"] = r.Purpose,
            ["method"] = r.Method,
            ["url"] = r.Url,
            ["status"] = r.Status,
            ["error"] = r.ErrorCode,
            ["fields"] = new JsonArray([.. r.Fields.Select(f => (JsonNode)$"{f.Key}={f.Value}")]),
        })]);
        detail["streams"] = new JsonArray([.. call.Streams.Select(s => (JsonNode)Stream(s))]);
        detail["warnings"] = new JsonArray([.. exchange.Notifications.Where(n => n.CallSid == call.Sid).Select(n => (JsonNode)Warning(n))]);
        return detail;
    }

    private static JsonObject Stream(TwilioTwinRecord stream) => new()
    {
        ["sid"] = stream.StreamSid,
        ["end"] = stream.End.ToString(),
        ["close_code"] = stream.CloseCode,
        ["media_sent"] = stream.MediaSent,
        ["media_received"] = stream.MediaReceived,
        ["audio_received_ms"] = stream.AudioReceivedMs,
        ["marks"] = stream.Marks.Count,
        ["clears"] = stream.Clears.Count,
        ["underruns"] = stream.Underruns,
        ["callee_turns"] = new JsonArray([.. stream.Turns.ToArray().Select(t => (JsonNode)new JsonObject { ["at_ms"] = (long)t.StartedAt.TotalMilliseconds, ["said"] = t.Transcript, ["interrupts"] = t.Interrupts })]),
    };

    private static JsonObject Warning(TwilioNotification n) => new()
    {
        ["call_sid"] = n.CallSid,
        ["code"] = n.Code,
        ["log"] = n.IsWarning ? "warning" : "error",
        ["message"] = n.Message,
        ["url"] = n.Url,
    };
}
