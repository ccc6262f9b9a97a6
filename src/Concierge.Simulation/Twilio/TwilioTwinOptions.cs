namespace Concierge.Simulation.Twilio;

/// <summary>Identity and behaviour of a simulated call at the carrier.</summary>
public sealed record TwilioTwinOptions
{
    /// <summary>The account; default made from the scenario's seed.</summary>
    public string? AccountSid { get; init; }

    /// <summary>The call; default made from the scenario's seed.</summary>
    public string? CallSid { get; init; }

    /// <summary>The stream; default made from the scenario's seed.</summary>
    public string? StreamSid { get; init; }

    /// <summary>The TwiML's Parameter elements.</summary>
    public IReadOnlyDictionary<string, string> CustomParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What play-out buffers at most before audio is discarded with warning 31931. Default 10 minutes.</summary>
    public TimeSpan MaxBuffered { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the carrier waits for the close handshake after it sent stop. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Ends a call that nobody ends. Default 10 minutes.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What goes wrong on this stream. Default: nothing.</summary>
    public TwilioTwinFaults Faults { get; init; } = TwilioTwinFaults.None;
}
