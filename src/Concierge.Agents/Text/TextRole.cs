using System.Text.Json.Serialization;

namespace Concierge.Agents.Text;

/// <summary>Whose message it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TextRole>))]
public enum TextRole : byte
{
    /// <summary>The person.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>The agent.</summary>
    [JsonStringEnumMemberName("assistant")]
    Assistant,

    /// <summary>A tool's answer.</summary>
    [JsonStringEnumMemberName("tool")]
    Tool,
}
