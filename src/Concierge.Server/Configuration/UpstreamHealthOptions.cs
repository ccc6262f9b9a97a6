namespace Concierge.Server.Configuration;

/// <summary>When the node takes the Realtime API for gone, and when it looks again.</summary>
internal sealed record UpstreamHealthOptions
{
    /// <summary>Failed dials within <see cref="Window"/>, without one that succeeded between them, after which it is.</summary>
    public int Failures { get; init; } = 5;

    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the first probe; doubled after each that fails.</summary>
    public TimeSpan FirstProbe { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The most between two probes, and what a refusal for good begins with.</summary>
    public TimeSpan LastProbe { get; init; } = TimeSpan.FromSeconds(60);
}
