namespace Concierge.Agents.Realtime;

/// <summary>Whose item it is.</summary>
public enum HistoryRole : byte
{
    /// <summary>The other side's words.</summary>
    User,

    /// <summary>The agent's words.</summary>
    Assistant,

    /// <summary>A note to the agent.</summary>
    System,

    /// <summary>A tool that the agent called.</summary>
    ToolCall,

    /// <summary>What the tool answered.</summary>
    ToolOutput,
}
