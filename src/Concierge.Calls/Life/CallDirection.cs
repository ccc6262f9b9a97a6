using System.Text.Json.Serialization;

namespace Concierge.Calls.Life;

/// <summary>Who dialled.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallDirection>))]
public enum CallDirection : byte
{
    /// <summary>The other side called a number of this node.</summary>
    [JsonStringEnumMemberName("inbound")]
    Inbound,

    /// <summary>This node called the other side.</summary>
    [JsonStringEnumMemberName("outbound")]
    Outbound,
}
