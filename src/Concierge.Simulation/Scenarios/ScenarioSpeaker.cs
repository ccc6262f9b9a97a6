namespace Concierge.Simulation.Scenarios;

/// <summary>Whose turn it is.</summary>
public enum ScenarioSpeaker
{
    /// <summary>The model, played by the Realtime twin.</summary>
    Agent,

    /// <summary>The person on the telephone, played by the Twilio twin.</summary>
    Callee,
}
