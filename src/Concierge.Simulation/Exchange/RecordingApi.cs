using System.Globalization;
using System.Text.Json.Nodes;

namespace Concierge.Simulation.Exchange;

/// <summary>The Recordings resource, of a call and of the account, with its media.</summary>
internal sealed class RecordingApi(TwilioExchange exchange)
{
    public TwilioRestAnswer OfCall(string? sid, string method, RestForm form, string path)
    {
        TwilioExchangeCall? call = sid is null ? null : exchange.Find(sid);
        if (sid is not null && call is null)
        {
            return RestApi.Refuse(RestProblem.NotFound(path));
        }

        if (method == "POST")
        {
            return call!.Status != "in-progress"
                ? RestApi.Refuse(new RestProblem(400, 21220, "Requested resource is not eligible for recording"))
                : RestApi.Json(Render(call.Run!.StartRecording(RecordingRequest.Read(form), "StartCallRecordingAPI")), 201);
        }

        IEnumerable<TwilioExchangeRecording> all = (call is null ? exchange.Calls : [call]).SelectMany(c => c.Recordings).Where(r => !r.Deleted);
        return RestApi.Page("recordings", [.. all.Reverse().Select(Render)], form, path);
    }

    public TwilioRestAnswer One(string? callSid, string sid, string method, RestForm form, string path)
    {
        if (Find(sid) is not { } found || (callSid is not null && found.Call.Sid != callSid))
        {
            return RestApi.Refuse(RestProblem.NotFound(path));
        }

        switch (method)
        {
            case "DELETE":
                found.Recording.Deleted = true;
                return RestApi.Nothing;
            case "POST" when form["Status"] == "stopped":
                found.Call.Run!.StopRecording(found.Recording);
                break;
            case "POST":
                return RestApi.Refuse(new RestProblem(400, 20001, "Status must be stopped; the twin does not pause recordings."));
        }

        return RestApi.Json(Render(found.Recording));
    }

    public TwilioRestAnswer Media(string name, string path)
    {
        string sid = name.EndsWith(".wav", StringComparison.Ordinal) ? name[..^4] : name;
        return Find(sid) is { Recording.Status: "completed" } found
            ? new TwilioRestAnswer(200, "audio/x-wav", found.Recording.ToWav())
            : RestApi.Refuse(RestProblem.NotFound(path));
    }

    private (TwilioExchangeCall Call, TwilioExchangeRecording Recording)? Find(string sid)
    {
        foreach (TwilioExchangeCall call in exchange.Calls)
        {
            if (call.Recordings.FirstOrDefault(r => r.Sid == sid && !r.Deleted) is { } recording)
            {
                return (call, recording);
            }
        }

        return null;
    }

    private JsonNode Render(TwilioExchangeRecording recording) => new JsonObject
    {
        ["sid"] = recording.Sid,
        ["account_sid"] = exchange.Options.AccountSid,
        ["call_sid"] = recording.CallSid,
        ["conference_sid"] = null,
        ["status"] = recording.Status == "in-progress" ? "processing" : recording.Status,
        ["duration"] = recording.Status == "in-progress" ? "-1" : ((int)recording.Duration.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ["channels"] = recording.Channels,
        ["track"] = recording.Track,
        ["source"] = recording.Source,
        ["start_time"] = Rfc2822.Format(recording.StartedAt),
        ["date_created"] = Rfc2822.Format(recording.StartedAt),
        ["date_updated"] = Rfc2822.Format(recording.StartedAt),
        ["price"] = null,
        ["price_unit"] = "USD",
        ["error_code"] = null,
        ["encryption_details"] = null,
        ["api_version"] = "2010-04-01",
        ["uri"] = $"/2010-04-01/Accounts/{exchange.Options.AccountSid}/Calls/{recording.CallSid}/Recordings/{recording.Sid}.json",
    };
}
