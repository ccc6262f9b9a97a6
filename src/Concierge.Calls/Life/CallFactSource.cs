using System.Text.Json.Serialization;

namespace Concierge.Calls.Life;

/// <summary>Who says so.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallFactSource>))]
public enum CallFactSource : byte
{
    /// <summary>This node's own decision.</summary>
    [JsonStringEnumMemberName("node")]
    Node,

    /// <summary>The carrier's callback.</summary>
    [JsonStringEnumMemberName("callback")]
    Callback,

    /// <summary>The carrier, asked.</summary>
    [JsonStringEnumMemberName("carrier")]
    Carrier,

    /// <summary>The media stream.</summary>
    [JsonStringEnumMemberName("media")]
    Media,
}
