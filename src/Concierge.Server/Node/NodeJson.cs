using System.Text.Json.Serialization;

namespace Concierge.Server.Node;

/// <summary>The JSON the front door speaks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(NodeHealth))]
[JsonSerializable(typeof(RuntimeCounters))]
internal sealed partial class NodeJson : JsonSerializerContext;
