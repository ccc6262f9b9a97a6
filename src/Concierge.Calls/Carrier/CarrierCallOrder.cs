namespace Concierge.Calls.Carrier;

/// <summary>A call to be dialled.</summary>
/// <param name="To">E.164.</param>
/// <param name="From">A number of the account, E.164.</param>
/// <param name="TwimlUrl">Where the carrier fetches what to do once the call is answered.</param>
/// <param name="StatusCallback">Where it reports initiated, ringing, answered, completed.</param>
public sealed record CarrierCallOrder(string To, string From, string TwimlUrl, string StatusCallback)
{
    /// <summary>How long it rings.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may last once answered; null for the account's limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What is detected about who answered, always beside the call and never in front of it.</summary>
    public MachineDetection MachineDetection { get; init; }

    /// <summary>Where the detection is reported; needed unless it is off.</summary>
    public string? MachineDetectionCallback { get; init; }
}
