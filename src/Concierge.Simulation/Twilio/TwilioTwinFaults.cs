namespace Concierge.Simulation.Twilio;

/// <summary>What goes wrong on one stream of the Twilio twin. Times are from the start of the stream.</summary>
public sealed record TwilioTwinFaults
{
    /// <summary>Nothing goes wrong.</summary>
    public static TwilioTwinFaults None { get; } = new();

    /// <summary>Drop the connection at this time without stop or close.</summary>
    public TimeSpan? ResetAt { get; init; }

    /// <summary>Close with this code at <see cref="CloseAt"/>, without stop.</summary>
    public int CloseCode { get; init; } = 1000;

    /// <summary>Close without stop at this time.</summary>
    public TimeSpan? CloseAt { get; init; }

    /// <summary>Send no media from this time on, as on hold or after a loss of RTP; everything else goes on.</summary>
    public TimeSpan? SilentFrom { get; init; }

    /// <summary>Never echo marks.</summary>
    public bool SwallowMarks { get; init; }

    /// <summary>Stop reading at this time, for ever.</summary>
    public TimeSpan? StallReadingAt { get; init; }

    /// <summary>Send connected but never start.</summary>
    public bool NeverStart { get; init; }

    /// <summary>The encoding that start claims. Default audio/x-mulaw, the only one there is.</summary>
    public string Encoding { get; init; } = "audio/x-mulaw";

    /// <summary>The sample rate that start claims.</summary>
    public int SampleRate { get; init; } = 8000;

    /// <summary>The channel count that start claims.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Send a message that is not JSON every n-th frame; 0 for none.</summary>
    public int MalformedEveryFrames { get; init; }

    /// <summary>Send an unknown event every n-th frame; 0 for none.</summary>
    public int UnknownEveryFrames { get; init; }

    /// <summary>Spoil the base64 of every n-th media message; 0 for none.</summary>
    public int BadBase64EveryFrames { get; init; }

    /// <summary>Send every n-th media message twice; 0 for none.</summary>
    public int DuplicateEveryFrames { get; init; }
}
