using System.Globalization;
using System.Text;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Concierge.Server.Node;

namespace Concierge.Server.Api;

/// <summary>
/// A call's facts as they come, as server-sent events (HTML Standard, §9.2): <c>event</c> is the fact's kind, <c>id</c> its position to go on from after a
/// break (<c>Last-Event-ID</c>). It begins with the call as it stands and closes with <c>end</c> when nothing more is to come.
/// </summary>
internal static class CallEvents
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public static async Task StreamAsync(HttpContext context, NodeCalls calls, string callId, CancellationToken stopping)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        CancellationToken cancellationToken = linked.Token;
        CallRecord call = (await calls.Book.GetAsync(callId, cancellationToken))!;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        long position = long.TryParse(context.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long last) ? last : 0;
        await WriteAsync(context, null, "call", ApiJson.Call(call).ToJsonString(), cancellationToken);
        while (true)
        {
            Task change = calls.Book.WaitForChangeAsync(callId, s_pause, cancellationToken);
            bool idle;
            try
            {
                // First how the call stands, then its facts: when it was settled then, all of them are read now.
                call = await calls.Book.GetAsync(callId, cancellationToken) ?? call;
                IReadOnlyList<StoredFact> facts = await calls.Store.ReadFactsAsync(callId, position, 200, cancellationToken);
                foreach (StoredFact fact in facts)
                {
                    position = fact.Position;
                    await WriteAsync(context, position, fact.Fact.Kind, CallFactJson.Write(fact.Fact), cancellationToken);
                }

                idle = facts.Count == 0;
            }
            catch (CallStoreException)
            {
                idle = true; // it will be read when the store is back
            }

            if (idle && call.IsSettled && calls.Book.Health.StoreAvailable)
            {
                await WriteAsync(context, null, "end", ApiJson.Call(call).ToJsonString(), cancellationToken);
                return;
            }

            if (idle)
            {
                await change;
                await context.Response.WriteAsync(":\n\n", cancellationToken); // a proxy closes what is silent for long
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, long? id, string kind, string data, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        if (id is { } position)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {position}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"event: {kind}\ndata: {data}\n\n");
        await context.Response.WriteAsync(text.ToString(), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
