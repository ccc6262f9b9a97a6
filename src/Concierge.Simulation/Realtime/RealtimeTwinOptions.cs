namespace Concierge.Simulation.Realtime;

/// <summary>How a Realtime twin behaves where the vendor's documents leave room, or where a test wants it otherwise.</summary>
public sealed record RealtimeTwinOptions
{
    /// <summary>The key that a bearer must present; null accepts any, even none. The vendor answers a wrong one with 101, an error and close 3000.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How much faster than real time audio is generated. Default 4; 0 sends a whole response at once.</summary>
    public double AudioSpeed { get; init; } = 4;

    /// <summary>Shortest audio delta, in milliseconds. Default 40.</summary>
    public int MinDeltaMs { get; init; } = 40;

    /// <summary>Longest audio delta, in milliseconds. Default 400.</summary>
    public int MaxDeltaMs { get; init; } = 400;

    /// <summary>From the creation of a response to its first delta, in milliseconds. Default 320.</summary>
    public int ThinkMs { get; init; } = 320;

    /// <summary>From the commit of a user turn to its transcription's first delta, in milliseconds. Default 450.</summary>
    public int TranscriptionMs { get; init; } = 450;

    /// <summary>Which of the two observed key orders events have. Default: chosen by the seed, event by event.</summary>
    public RealtimeKeyOrder KeyOrder { get; init; } = RealtimeKeyOrder.Seeded;

    /// <summary>Adds keys that no document lists to some events, as the service does. Default true.</summary>
    public bool UnlistedKeys { get; init; } = true;

    /// <summary>How long a session lasts before session_expired and close 1001. Default 60 minutes.</summary>
    public TimeSpan SessionLimit { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Keeps the text of every event in the record, for checks against a schema; costs memory. Default false.</summary>
    public bool KeepEventText { get; init; }

    /// <summary>Where every event of either direction goes, a line of JSON each: <c>session</c>, <c>at_ms</c>, <c>from</c> (client or server), <c>event</c>. Null for nowhere.</summary>
    public TextWriter? EventLog { get; init; }

    /// <summary>What goes wrong on this connection. Default: nothing.</summary>
    public RealtimeTwinFaults Faults { get; init; } = RealtimeTwinFaults.None;
}
