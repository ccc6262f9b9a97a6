using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>Who established an outcome.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallOutcomeSource>))]
public enum CallOutcomeSource : byte
{
    /// <summary>Nobody: the call ended before anything was established.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The agent reported it through a tool call while the call ran.</summary>
    [JsonStringEnumMemberName("agent_tool")]
    AgentTool,

    /// <summary>It was read from the transcript afterwards, from the other side's words only.</summary>
    [JsonStringEnumMemberName("transcript")]
    Transcript,
}
