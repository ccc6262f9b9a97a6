using System.Diagnostics.Metrics;

namespace Concierge.Server.Upstream;

/// <summary>The node's figures about the Realtime API, on the meter <c>Concierge.Upstream</c>. Read when they are asked for; nothing is counted twice.</summary>
internal sealed class UpstreamMetrics : IDisposable
{
    public const string MeterName = "Concierge.Upstream";

    private readonly Meter _meter = new(MeterName);

    public UpstreamMetrics(UpstreamHealth health, ParkedModels parked)
    {
        _meter.CreateObservableCounter("concierge.upstream.alerts", () => health.Alerts, "{alert}", "Times that the Realtime API refused this node for good.");
        _meter.CreateObservableCounter("concierge.upstream.openings", () => health.Openings, "{opening}", "Times that the Realtime API was taken for gone.");
        _meter.CreateObservableGauge("concierge.upstream.up", () => health.TakesCalls ? 1 : 0, "1", "Whether calls are taken.");
        _meter.CreateObservableUpDownCounter("concierge.upstream.parked", () => parked.Count, "{session}", "Sessions dialled ahead that wait for their streams.");
    }

    public void Dispose() => _meter.Dispose();
}
