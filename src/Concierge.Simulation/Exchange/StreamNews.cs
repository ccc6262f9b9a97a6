using System.Globalization;

namespace Concierge.Simulation.Exchange;

/// <summary>A stream's own status callback: stream-started, stream-stopped, stream-error (PROTOCOL A.6).</summary>
internal static class StreamNews
{
    public static void Tell(ExchangeCallRun run, StreamRequest request, string streamSid, string what, string? error = null)
    {
        if (request.Callback is not { } url)
        {
            return;
        }

        List<KeyValuePair<string, string>> fields =
        [
            new("AccountSid", run.Exchange.Options.AccountSid),
            new("CallSid", run.Call.Sid),
            new("StreamSid", streamSid),
            new("StreamName", request.Name.Length > 0 ? request.Name : streamSid),
            new("StreamEvent", what),
            new("Timestamp", run.Exchange.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
        ];
        if (error is not null)
        {
            fields.Add(new("StreamError", error));
        }

        _ = run.Exchange.CallBackAsync(run.Call, run.Cookies, "stream", url, request.CallbackMethod, fields);
    }
}
