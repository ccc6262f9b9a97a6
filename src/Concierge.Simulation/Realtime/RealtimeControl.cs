using System.Text.Json.Nodes;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>What is the twin's own and no vendor's: <c>/twin</c> sets faults for connections to come or under way, and tells what happened.</summary>
/// <param name="sessions">The sessions so far.</param>
internal sealed class RealtimeControl(Func<IReadOnlyList<RealtimeTwinSession>> sessions)
{
    private readonly Lock _gate = new();
    private readonly Queue<RealtimeTwinFaults> _coming = new();
    private RealtimeTwinFaults? _always;

    /// <summary>The faults of the next connection; null leaves what its options say.</summary>
    public RealtimeTwinFaults? Take()
    {
        lock (_gate)
        {
            return _coming.TryDequeue(out RealtimeTwinFaults? next) ? next : _always;
        }
    }

    public TextReply Handle(string method, string path, string query, string body)
    {
        string[] parts = path.Trim('/').Split('/')[1..];
        try
        {
            return (method, parts) switch
            {
                ("GET", ["sessions"]) => new TextReply(200, new JsonArray([.. sessions().Select((s, i) => (JsonNode)Summary(s, i))])),
                ("GET", ["sessions", var n]) when Find(n) is { } session => new TextReply(200, Detail(session, int.Parse(n, null))),
                ("POST", ["sessions", var n, "faults"]) when Find(n) is { } session => SetNow(session, body),
                ("POST", ["faults"]) => SetComing(body, query.Contains("once", StringComparison.Ordinal)),
                ("DELETE", ["faults"]) => Forget(),
                _ => TextReply.Error(404, $"There is no {method} {path} here. There are: GET /twin/sessions, GET /twin/sessions/N, POST /twin/sessions/N/faults, POST and DELETE /twin/faults."),
            };
        }
        catch (ScenarioException e)
        {
            return TextReply.Error(400, e.Message);
        }
    }

    private TextReply SetComing(string body, bool once)
    {
        var faults = RealtimeTwinFaults.Parse(body);
        lock (_gate)
        {
            if (once)
            {
                _coming.Enqueue(faults);
            }
            else
            {
                _always = faults;
            }
        }

        return new TextReply(200, new JsonObject { ["applies_to"] = once ? "the next connection" : "all connections from now on" });
    }

    private TextReply Forget()
    {
        lock (_gate)
        {
            _coming.Clear();
            _always = null;
        }

        return new TextReply(200, new JsonObject { ["applies_to"] = "no connection" });
    }

    private static TextReply SetNow(RealtimeTwinSession session, string body)
    {
        session.SetFaults(RealtimeTwinFaults.Parse(body));
        return new TextReply(200, new JsonObject { ["applies_to"] = session.Record.SessionId });
    }

    private RealtimeTwinSession? Find(string number) => int.TryParse(number, out int n) && n >= 0 ? sessions().ElementAtOrDefault(n) : null;

    private static JsonObject Summary(RealtimeTwinSession session, int number) => new()
    {
        ["number"] = number,
        ["id"] = session.Record.SessionId,
        ["ended"] = session.HasEnded,
        ["close_code"] = session.HasEnded ? session.Record.CloseCode : null,
    };

    // A running session's lists grow on another thread: only an ended one is told in full.
    private static JsonObject Detail(RealtimeTwinSession session, int number)
    {
        JsonObject detail = Summary(session, number);
        if (!session.HasEnded)
        {
            return detail;
        }

        RealtimeTwinRecord record = session.Record;
        detail["close_reason"] = record.CloseReason;
        detail["heard_ms"] = (long)record.Heard.Duration.TotalMilliseconds;
        detail["received"] = new JsonArray([.. record.Received.Select(e => (JsonNode)new JsonObject { ["at_ms"] = (long)e.At.TotalMilliseconds, ["type"] = e.Type, ["accepted"] = e.Accepted })]);
        detail["turns_heard"] = new JsonArray([.. record.UserTurns.Select(t => (JsonNode)t.Transcript)]);
        detail["responses"] = new JsonArray([.. record.Responses.Select(r => (JsonNode)new JsonObject
        {
            ["status"] = r.Status,
            ["reason"] = r.Reason,
            ["transcript"] = r.Transcript,
            ["audio_ms"] = (long)r.AudioMs,
            ["truncated_at_ms"] = r.TruncatedAtMs,
            ["calls"] = new JsonArray([.. r.FunctionCalls.Select(c => (JsonNode)$"{c.Name}({c.Arguments})")]),
        })]);
        detail["errors"] = new JsonArray([.. record.Errors.Select(e => (JsonNode)new JsonObject { ["code"] = e.Code, ["message"] = e.Message, ["param"] = e.Param })]);
        return detail;
    }
}
