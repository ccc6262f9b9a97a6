namespace Concierge.Agents;

/// <summary>That one agent may hand the conversation over to another. The model sees it as a tool <c>transfer_to_...</c>.</summary>
/// <param name="Target">The other agent's name in the same set.</param>
public sealed record Handoff(string Target)
{
    /// <summary>The tool's description; null uses the target's own.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it may happen now; null for always. Judged when the tools are offered, and again when the tool is called.</summary>
    public Func<AgentContext, bool>? Condition { get; init; }

    /// <summary>What <see cref="Condition"/> says, for the graph and messages; null when there is nothing to say.</summary>
    public string? ConditionText { get; init; }

    /// <summary>Told before the other agent takes over; an exception stops the hand-off and is told to the model.</summary>
    public Func<HandoffEvent, CancellationToken, ValueTask>? OnHandoff { get; init; }

    /// <summary>The name of its tool: <c>transfer_to_</c> and the target in lower case, what is no letter or digit as one <c>_</c>.</summary>
    public string ToolName => ToolNameFor(Target);

    /// <summary>The tool's name for an agent.</summary>
    /// <param name="agent">The agent's name.</param>
    public static string ToolNameFor(string agent)
    {
        Span<char> name = stackalloc char[Math.Min(agent.Length, 52)];
        int length = 0;
        foreach (char c in agent)
        {
            char next = char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_';
            if (length < name.Length && (next != '_' || (length > 0 && name[length - 1] != '_')))
            {
                name[length++] = next;
            }
        }

        return $"transfer_to_{name[..length].TrimEnd('_')}";
    }
}
