using System.Text;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Exchange;

/// <summary>The REST interface: authentication, routes, answers (PROTOCOL A.10).</summary>
internal sealed class RestApi(TwilioExchange exchange)
{
    private const string Root = "/2010-04-01/Accounts/";

    private readonly CallApi _calls = new(exchange);
    private readonly RecordingApi _recordings = new(exchange);
    private readonly StreamApi _streams = new(exchange);

    public static TwilioRestAnswer Json(JsonNode body, int status = 200) => new(status, "application/json", Encoding.UTF8.GetBytes(body.ToJsonString()));

    public static TwilioRestAnswer Nothing { get; } = new(204, "application/json", []);

    public static TwilioRestAnswer Refuse(RestProblem problem) => new(problem.Status, "application/json", Encoding.UTF8.GetBytes(problem.ToJson()));

    public TwilioRestAnswer Handle(string method, string pathAndQuery, string body, string? authorization)
    {
        int question = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? pathAndQuery : pathAndQuery[..question];
        RestForm form = RestForm.Parse(method == "POST" ? body : question < 0 ? "" : pathAndQuery[question..]);
        if (!IsAuthentic(authorization))
        {
            return Refuse(RestProblem.NotAuthenticated);
        }

        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return Refuse(RestProblem.NotFound(path));
        }

        // Everything ends in .json except a recording's media.
        string rest = path[Root.Length..];
        bool json = rest.EndsWith(".json", StringComparison.Ordinal);
        string[] parts = (json ? rest[..^5] : rest).Split('/');
        if (parts[0] != exchange.Options.AccountSid)
        {
            return Refuse(new RestProblem(401, 20003, "Authenticate"));
        }

        return (parts[1..], method, json) switch
        {
            ([], "GET", true) => Json(Account()),
            (["Calls"], "POST", true) => _calls.Create(form),
            (["Calls"], "GET", true) => _calls.List(form, path),
            (["Calls", var sid], "GET" or "POST" or "DELETE", true) => _calls.One(sid, method, form, path),
            (["Calls", var sid, "Recordings"], "GET" or "POST", true) => _recordings.OfCall(sid, method, form, path),
            (["Calls", var sid, "Recordings", var recording], "GET" or "POST" or "DELETE", true) => _recordings.One(sid, recording, method, form, path),
            (["Calls", var sid, "Streams"], "POST", true) => _streams.Start(sid, form, path),
            (["Calls", var sid, "Streams", var stream], "POST", true) => _streams.Stop(sid, stream, form, path),
            (["Calls", var sid, "Notifications"], "GET", true) => Notifications(path, form, sid),
            (["Notifications"], "GET", true) => Notifications(path, form, null),
            (["Recordings"], "GET", true) => _recordings.OfCall(null, method, form, path),
            (["Recordings", var recording], "GET" or "DELETE", true) => _recordings.One(null, recording, method, form, path),
            (["Recordings", var recording], "GET", false) => _recordings.Media(recording, path),
            (["Calls", ..] or ["Recordings", ..] or ["Notifications"], not ("GET" or "POST" or "DELETE"), _) => Refuse(RestProblem.MethodNotAllowed),
            _ => Refuse(RestProblem.NotFound(path)),
        };
    }

    /// <summary>One page of a list in the vendor's envelope.</summary>
    public static TwilioRestAnswer Page(string name, IReadOnlyList<JsonNode> all, RestForm form, string path)
    {
        int size = int.TryParse(form["PageSize"], out int asked) ? Math.Clamp(asked, 1, 1000) : 50;
        int page = int.TryParse(form["Page"], out int number) ? Math.Max(0, number) : 0;
        JsonNode[] shown = [.. all.Skip(page * size).Take(size)];
        string Uri(int at) => $"{path}?PageSize={size}&Page={at}";
        return Json(new JsonObject
        {
            [name] = new JsonArray(shown),
            ["page"] = page,
            ["page_size"] = size,
            ["start"] = page * size,
            ["end"] = Math.Max(0, (page * size) + shown.Length - 1),
            ["first_page_uri"] = Uri(0),
            ["next_page_uri"] = (page + 1) * size < all.Count ? Uri(page + 1) : null,
            ["previous_page_uri"] = page > 0 ? Uri(page - 1) : null,
            ["uri"] = Uri(page),
        });
    }

    private bool IsAuthentic(string? authorization)
    {
        const string Basic = "Basic ";
        if (authorization is null || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            string[] pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[Basic.Length..].Trim())).Split(':', 2);
            return pair.Length == 2
                && ((pair[0] == exchange.Options.AccountSid && pair[1] == exchange.Options.AuthToken)
                    || (exchange.Options.ApiKeys.TryGetValue(pair[0], out string? secret) && secret == pair[1]));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private JsonObject Account() => new()
    {
        ["sid"] = exchange.Options.AccountSid,
        ["friendly_name"] = "Offline twin",
        ["status"] = "active",
        ["type"] = "Full",
        ["owner_account_sid"] = exchange.Options.AccountSid,
        ["uri"] = $"{Root}{exchange.Options.AccountSid}.json",
    };

    private TwilioRestAnswer Notifications(string path, RestForm form, string? callSid)
    {
        JsonNode[] all =
        [
            .. exchange.Notifications.Where(n => callSid is null || n.CallSid == callSid).Reverse().Select(n => (JsonNode)new JsonObject
            {
                ["sid"] = n.Sid,
                ["account_sid"] = exchange.Options.AccountSid,
                ["api_version"] = "2010-04-01",
                ["call_sid"] = n.CallSid,
                ["error_code"] = n.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["log"] = n.IsWarning ? "1" : "0",
                ["message_date"] = Rfc2822.Format(n.At),
                ["message_text"] = n.Message,
                ["more_info"] = $"https://www.twilio.com/docs/errors/{n.Code}",
                ["request_method"] = n.Url.Length > 0 ? "POST" : null,
                ["request_url"] = n.Url,
                ["date_created"] = Rfc2822.Format(n.At),
                ["date_updated"] = Rfc2822.Format(n.At),
                ["uri"] = $"{Root}{exchange.Options.AccountSid}/Notifications/{n.Sid}.json",
            }),
        ];
        return Page("notifications", all, form, path);
    }
}
