using System.Globalization;

namespace Concierge.Simulation.Exchange;

/// <summary>Connection settings in the fragment of a webhook's URL: <c>#ct=2000&amp;rt=5000&amp;rc=2&amp;rp=all</c> (PROTOCOL A.8).</summary>
/// <param name="Connect">ct: time of one attempt to connect.</param>
/// <param name="Read">rt: time to wait for the answer.</param>
/// <param name="Total">tt: time of everything.</param>
/// <param name="Retries">rc: how often it is tried again.</param>
/// <param name="Policy">rp: after which failures.</param>
internal sealed record WebhookOverrides(TimeSpan Connect, TimeSpan Read, TimeSpan Total, int Retries, IReadOnlySet<string> Policy)
{
    public static WebhookOverrides Parse(string fragment, TimeSpan connect, TimeSpan total)
    {
        RestForm form = RestForm.Parse(fragment.TrimStart('#'));
        HashSet<string> policy = [.. (form["rp"] ?? "ct").Split(',', StringSplitOptions.TrimEntries)];
        return new WebhookOverrides(
            Milliseconds("ct", 100, 10000) ?? connect,
            Milliseconds("rt", 100, 15000) ?? total,
            Milliseconds("tt", 100, 15000) ?? total,
            int.TryParse(form["rc"], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? Math.Clamp(count, 0, 5) : 1,
            policy);

        TimeSpan? Milliseconds(string name, int least, int most) =>
            int.TryParse(form[name], NumberStyles.None, CultureInfo.InvariantCulture, out int ms) ? TimeSpan.FromMilliseconds(Math.Clamp(ms, least, most)) : null;
    }

    public bool Repeats(WebhookAnswer answer) => Policy.Contains("all") || answer switch
    {
        { Status: >= 500 } => Policy.Contains("5xx"),
        { Status: >= 400 } => Policy.Contains("4xx"),
        { ConnectFailed: true } => Policy.Contains("ct"),
        _ => Policy.Contains("rt"),
    };
}
