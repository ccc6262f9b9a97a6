using System.Text.Json;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>What goes wrong on one connection of the Realtime twin. Times are from the opening of the session.</summary>
public sealed record RealtimeTwinFaults
{
    /// <summary>Nothing goes wrong.</summary>
    public static RealtimeTwinFaults None { get; } = new();

    /// <summary>Server only: answer the upgrade with this HTTP status instead of 101.</summary>
    public int? RefuseStatus { get; init; }

    /// <summary>Server only: seconds for the Retry-After header of a refusal.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Server only: wait this long before answering the upgrade.</summary>
    public TimeSpan HandshakeDelay { get; init; }

    /// <summary>Server only: never answer the upgrade.</summary>
    public bool NeverAnswer { get; init; }

    /// <summary>Accept, then send an <c>error</c> with this code and close as the vendor does for it (3000, or 1001 for session_expired).</summary>
    public string? ErrorAfterOpen { get; init; }

    /// <summary>Accept, but send nothing, not even session.created.</summary>
    public bool Mute { get; init; }

    /// <summary>Close the connection at this time.</summary>
    public TimeSpan? CloseAt { get; init; }

    /// <summary>The code of that close.</summary>
    public int CloseCode { get; init; } = 1011;

    /// <summary>The reason of that close.</summary>
    public string CloseReason { get; init; } = "";

    /// <summary>Reset the connection at this time, without a close frame.</summary>
    public TimeSpan? ResetAt { get; init; }

    /// <summary>Stop reading at this time.</summary>
    public TimeSpan? StallReadingAt { get; init; }

    /// <summary>For how long reading stops. Default: for ever.</summary>
    public TimeSpan StallReadingFor { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Send only the beginning of a frame at this time, then drop the connection.</summary>
    public TimeSpan? DropMidFrameAt { get; init; }

    /// <summary>Stop writing at this time: events wait, nothing is lost.</summary>
    public TimeSpan? StallWritingAt { get; init; }

    /// <summary>For how long writing stops. Default: for ever.</summary>
    public TimeSpan StallWritingFor { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Write at most so many octets a second; 0 for no limit.</summary>
    public int ThrottleBytesPerSecond { get; init; }

    /// <summary>Send every event this much later than it happened, in its order.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When the faults that have no time of their own (delay, throttle, those of responses, deltas and events) begin. Default: at once.</summary>
    public TimeSpan From { get; init; }

    /// <summary>When they end; null for never.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>Send a recoverable <c>error</c> event at this time.</summary>
    public TimeSpan? ErrorEventAt { get; init; }

    /// <summary>The code of that event. Default server_error.</summary>
    public string ErrorEventCode { get; init; } = "server_error";

    /// <summary>How many responses fail, counted from the first (or from the moment the fault is set).</summary>
    public int FailResponses { get; init; }

    /// <summary>The code they fail with. Default server_error; rate_limit_exceeded is the other usual one.</summary>
    public string FailCode { get; init; } = "server_error";

    /// <summary>How many transcriptions of the caller fail.</summary>
    public int FailTranscriptions { get; init; }

    /// <summary>How many listings of an MCP server's tools fail.</summary>
    public int FailListings { get; init; }

    /// <summary>Send all that is left of a response in one delta, every n-th delta; 0 for never.</summary>
    public int HugeEveryDeltas { get; init; }

    /// <summary>Send every n-th audio delta twice; 0 for none.</summary>
    public int DuplicateEveryDeltas { get; init; }

    /// <summary>Give every n-th audio delta an odd number of octets; the next one brings the missing half sample. 0 for none.</summary>
    public int OddEveryDeltas { get; init; }

    /// <summary>Spoil the base64 of every n-th audio delta; 0 for none.</summary>
    public int BadBase64EveryDeltas { get; init; }

    /// <summary>Put an empty audio delta before every n-th one; 0 for none.</summary>
    public int EmptyEveryDeltas { get; init; }

    /// <summary>Send a message that is not JSON before every n-th event; 0 for none.</summary>
    public int MalformedEveryEvents { get; init; }

    /// <summary>Send an event of an unknown type before every n-th event; 0 for none.</summary>
    public int UnknownEveryEvents { get; init; }

    /// <summary>Write the slashes of base64 as <c>\/</c>, which JSON allows.</summary>
    public bool EscapeBase64 { get; init; }

    /// <summary>Deltas that still arrive for a response after its interruption; null lets the seed choose 0 to 2.</summary>
    public int? LateDeltas { get; init; }

    /// <summary>Reads faults from JSON: the names above in camel case, times with <c>Ms</c> behind (<c>closeAtMs</c>, <c>stallWritingForMs</c>), in milliseconds.</summary>
    /// <param name="json">An object; comments and trailing commas are allowed.</param>
    /// <returns>The faults.</returns>
    /// <exception cref="ScenarioException">Not JSON, or an unknown key; the message says which.</exception>
    public static RealtimeTwinFaults Parse(string json)
    {
        try
        {
            return RealtimeFaultJson.Read(json) ?? None;
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"The faults cannot be read: {e.Message}", e);
        }
    }
}
