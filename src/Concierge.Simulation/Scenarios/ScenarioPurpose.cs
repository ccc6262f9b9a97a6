namespace Concierge.Simulation.Scenarios;

/// <summary>What a scripted call is for.</summary>
public enum ScenarioPurpose
{
    /// <summary>To book a table.</summary>
    Booking,

    /// <summary>To cancel a booking.</summary>
    Cancellation,
}
