namespace Concierge.Pipelines;

/// <summary>What a call does about its connection to the model: how it notices a loss, how it comes back, and what the caller hears meanwhile.</summary>
public sealed record UpstreamOptions
{
    /// <summary>Attempts after a loss, or after a first dial that failed; 0 gives up at once.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Before the first attempt.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Before the second attempt; doubled before each later one.</summary>
    public TimeSpan NextDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How far a delay may differ from its nominal length, as a part of it (0 to 1): calls that lost the model together do not come back together.</summary>
    public double Jitter { get; init; } = 0.25;

    /// <summary>
    /// The longest a caller is kept without a model: then the call ends, whatever attempt is under way. A server's <c>Retry-After</c> beyond it counts as a refusal.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks at a connection; a ping is sent when nothing came from the model since the last look.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Pings in a row without any frame after which the connection is taken for lost: at the latest (<c>MissedPings</c> + 2) intervals after the last frame.</summary>
    public int MissedPings { get; init; } = 2;

    /// <summary>How long the model may read nothing while something waits for it; then the connection is taken for lost.</summary>
    public TimeSpan SlowReader { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session lasts when its server does not say (<c>expires_at</c>), and the most it is believed to last.</summary>
    public TimeSpan SessionLimit { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long before its end a session's successor is dialled; it takes over at the next moment of silence.</summary>
    public TimeSpan RenewBefore { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>How long before its end a session is left even without a moment of silence.</summary>
    public TimeSpan RenewLatest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long nobody must have spoken for a moment of silence.</summary>
    public TimeSpan RenewSilence { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>What the caller hears while the model is away: mu-law, 8 kHz. Empty leaves silence.</summary>
    public ReadOnlyMemory<byte> HoldingSound { get; init; } = UpstreamSounds.Holding;

    /// <summary>How long the caller hears nothing before <see cref="HoldingSound"/>: a quick return is not announced.</summary>
    public TimeSpan HoldingDelay { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>The same at the beginning of a call, while its first session is dialled: longer, because a line that has just been answered is expected to be quiet for a moment.</summary>
    public TimeSpan FirstHoldingDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From the beginning of one holding sound to the next; a longer sound is followed by the next one at once.</summary>
    public TimeSpan HoldingInterval { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>What the caller hears when the model is given up, before the call ends: mu-law, 8 kHz. Empty ends it without.</summary>
    public ReadOnlyMemory<byte> ApologySound { get; init; } = UpstreamSounds.Apology;

    /// <summary>Who takes the call when the model is given up, after the apology; null hangs up. Needs an <see cref="ICallSteering"/>.</summary>
    public CallTransfer? Fallback { get; init; }

    /// <summary>
    /// What the new session is asked when the agent was cut off by the loss or owes an answer; null asks nothing. Added to the session's own instructions for one response.
    /// </summary>
    public string? ResumeInstructions { get; init; } =
        "The line to you was interrupted for a moment, and you may have missed the caller's last words. Say in a few words that the connection broke off, then go on "
        + "where the conversation was; do not greet again.";

    /// <summary>The most text that a new session is told of the conversation so far, in characters; the oldest is left out.</summary>
    public int SeedCharacters { get; init; } = 24_000;
}
