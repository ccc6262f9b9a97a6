namespace Concierge.Agents.Realtime;

/// <summary>How far an item is.</summary>
public enum HistoryStatus : byte
{
    /// <summary>Words are still coming.</summary>
    InProgress,

    /// <summary>It is complete.</summary>
    Completed,

    /// <summary>It was cut off; the words are those that were meant, heard or not.</summary>
    Interrupted,
}
