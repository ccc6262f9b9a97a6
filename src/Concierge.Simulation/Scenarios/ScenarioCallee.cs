namespace Concierge.Simulation.Scenarios;

/// <summary>How the person on the telephone answers and listens.</summary>
public sealed record ScenarioCallee
{
    /// <summary>Level above which a 20 ms frame counts as speech, in dBFS. Default -42.</summary>
    public double SpeechThresholdDb { get; init; } = -42;

    /// <summary>How long the callee waits for its next cue before it gives up and hangs up, in milliseconds. Default 15,000.</summary>
    public int PatienceMs { get; init; } = 15000;

    /// <summary>What becomes of a call to this number. Played by the carrier's REST twin; a media twin alone is always answered. Default: answered.</summary>
    public ScenarioAnswer Answers { get; init; }

    /// <summary>How long it rings before that, in milliseconds. Default 600.</summary>
    public int RingMs { get; init; } = 600;

    /// <summary>What answering machine detection finds: human, machine_start, fax or unknown. With DetectMessageEnd a machine gives machine_end_beep when the
    /// scenario has a tone, machine_end_silence when not. Default human.</summary>
    public string AnsweredBy { get; init; } = "human";

    /// <summary>How long detection takes, in milliseconds since the answer; null: 1,200, or with DetectMessageEnd until the machine has spoken.</summary>
    public int? DetectionMs { get; init; }
}
