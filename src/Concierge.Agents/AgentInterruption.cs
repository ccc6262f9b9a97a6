namespace Concierge.Agents;

/// <summary>Whether the other side may cut in while the agent speaks.</summary>
public enum AgentInterruption : byte
{
    /// <summary>At any time: the agent falls silent and listens.</summary>
    Allowed,

    /// <summary>Not during the agent's first words (a notice that must be heard), at any time afterwards.</summary>
    AfterGreeting,

    /// <summary>Never: the agent says everything to its end.</summary>
    Never,
}
