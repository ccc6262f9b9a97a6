namespace Concierge.Agents;

/// <summary>Who speaks first on a call.</summary>
/// <param name="SpeaksFirst">Whether the agent does. One that is called greets; one that calls waits for the other side's hello.</param>
/// <param name="Words">What it says, filled like instructions; null leaves the words to the model.</param>
public sealed record AgentGreeting(bool SpeaksFirst, string? Words = null)
{
    /// <summary>How long an agent that waits for the other side's hello waits before it speaks after all; zero waits for ever. Default 5 s.</summary>
    public TimeSpan HelloLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The other side speaks first.</summary>
    public static AgentGreeting Wait { get; } = new(false);

    /// <summary>The agent speaks first, in its own words.</summary>
    public static AgentGreeting Speak { get; } = new(true);
}
