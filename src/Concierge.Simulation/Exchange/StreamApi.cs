using System.Text.Json.Nodes;

namespace Concierge.Simulation.Exchange;

/// <summary>Unidirectional streams by REST (PROTOCOL A.6).</summary>
internal sealed class StreamApi(TwilioExchange exchange)
{
    private const int MostParameters = 99;

    public TwilioRestAnswer Start(string callSid, RestForm form, string path)
    {
        if (exchange.Find(callSid) is not { } call)
        {
            return RestApi.Refuse(RestProblem.NotFound(path));
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 1; i <= MostParameters; i++)
        {
            if (form[$"Parameter{i}.Name"] is { } name)
            {
                parameters[name] = form[$"Parameter{i}.Value"] ?? "";
            }
        }

        StreamRequest request = StreamRequest.Create(
            form["Url"], form["Name"], form["Track"], parameters, form["StatusCallback"], form["StatusCallbackMethod"], bidirectional: false);
        if (request.Problem is { } problem)
        {
            return RestApi.Refuse(new RestProblem(400, problem.Code, problem.Message));
        }

        if (call.Status != "in-progress")
        {
            return RestApi.Refuse(new RestProblem(400, 21220, "Call is not in-progress."));
        }

        return exchange.Forks.Start(call.Run!, request) is { } fork
            ? RestApi.Json(Render(call, fork), 201)
            : RestApi.Refuse(new RestProblem(400, 31941, "The call has as many forked tracks as it may."));
    }

    public TwilioRestAnswer Stop(string callSid, string stream, RestForm form, string path)
    {
        if (exchange.Find(callSid) is not { } call || exchange.Forks.Of(callSid).All(f => f.Sid != stream && f.Request.Name != stream))
        {
            return RestApi.Refuse(RestProblem.NotFound(path));
        }

        return form["Status"] == "stopped"
            ? RestApi.Json(Render(call, exchange.Forks.Stop(callSid, stream)!))
            : RestApi.Refuse(new RestProblem(400, 20001, "Status must be stopped."));
    }

    private JsonObject Render(TwilioExchangeCall call, StreamFork fork) => new()
    {
        ["sid"] = fork.Sid,
        ["account_sid"] = exchange.Options.AccountSid,
        ["call_sid"] = call.Sid,
        ["name"] = fork.Request.Name.Length > 0 ? fork.Request.Name : null,
        ["status"] = fork.Status,
        ["date_updated"] = Rfc2822.Format(exchange.Time.GetUtcNow()),
        ["uri"] = $"/2010-04-01/Accounts/{exchange.Options.AccountSid}/Calls/{call.Sid}/Streams/{fork.Sid}.json",
    };
}
