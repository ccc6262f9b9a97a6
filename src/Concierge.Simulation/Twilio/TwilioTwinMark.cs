namespace Concierge.Simulation.Twilio;

/// <summary>One mark of the node.</summary>
public sealed record TwilioTwinMark
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it arrived, on the stream's clock.</summary>
    public required TimeSpan ReceivedAt { get; init; }

    /// <summary>Milliseconds of audio that had been received before it since the stream began.</summary>
    public required double PositionMs { get; init; }

    /// <summary>When it was echoed; null when it was not.</summary>
    public TimeSpan? EchoedAt { get; internal set; }

    /// <summary>Whether a clear returned it, so that its audio was not played to the end.</summary>
    public bool Cleared { get; internal set; }
}
