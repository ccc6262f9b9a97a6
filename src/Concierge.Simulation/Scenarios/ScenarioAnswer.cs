namespace Concierge.Simulation.Scenarios;

/// <summary>What becomes of a call to the scenario's number.</summary>
public enum ScenarioAnswer
{
    /// <summary>It is answered after the ringing.</summary>
    Answered,

    /// <summary>The line is busy: status busy.</summary>
    Busy,

    /// <summary>Nobody answers within the caller's time limit: status no-answer.</summary>
    NoAnswer,

    /// <summary>The number cannot be reached: status failed.</summary>
    Failed,

    /// <summary>The call is withdrawn while it rings: status canceled.</summary>
    Canceled,
}
