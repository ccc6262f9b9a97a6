using System.Globalization;
using System.Text;
using Concierge.Calls.Journal;
using Concierge.Calls.Life;
using Concierge.Server.Configuration;
using Concierge.Server.Node;

namespace Concierge.Server.Api;

/// <summary><c>GET /metrics</c>: this node's figures in the text format of Prometheus.</summary>
internal sealed class MetricsEndpoint(ApiAuthority authority, CallRegistry registry, NodeCalls? calls = null)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await authority.AdmitAsync(context, ApiRole.Read) is null)
        {
            return;
        }

        StringBuilder text = new();
        Add(text, "concierge_streams_running", "gauge", "Media streams that run now.", registry.Running);
        Add(text, "concierge_streams_admitted_total", "counter", "Media streams admitted since the start.", registry.Admitted);
        if (calls is not null)
        {
            CallJournalHealth health = calls.Book.Health;
            Add(text, "concierge_store_available", "gauge", "Whether the last write reached the call store.", health.StoreAvailable ? 1 : 0);
            Add(text, "concierge_store_queued", "gauge", "Records that wait for the writer.", health.Queued);
            Add(text, "concierge_store_spilled", "gauge", "Records in the spill file.", health.Spilled);
            Add(text, "concierge_store_dropped_total", "counter", "Records lost because queue or disk were full.", health.Dropped);
            Add(text, "concierge_store_rejected_total", "counter", "Records that the store refused.", health.Rejected);
            text.Append("# HELP concierge_calls Calls of this node that are not over, by state.\n# TYPE concierge_calls gauge\n");
            IReadOnlyList<CallRecord> live = calls.Book.Live;
            foreach (CallState state in (CallState[])[CallState.Initiated, CallState.Ringing, CallState.InProgress])
            {
                text.Append(CultureInfo.InvariantCulture, $"concierge_calls{{state=\"{state.Name()}\"}} {live.Count(c => c.State == state)}\n");
            }
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    private static void Add(StringBuilder text, string name, string type, string help, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");
}
