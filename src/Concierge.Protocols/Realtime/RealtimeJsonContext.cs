using System.Text.Json.Serialization;

namespace Concierge.Protocols.Realtime;

/// <summary>Source-generated reading of what is nested in server events: no reflection, fit for native AOT.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RealtimeWire))]
internal sealed partial class RealtimeJsonContext : JsonSerializerContext;
