using System.Text.Json.Nodes;

namespace Concierge.Simulation.Realtime;

/// <summary>What one field of a client event must be.</summary>
/// <param name="value">The field's value; null for JSON null.</param>
/// <param name="path">Its place, as the vendor's <c>param</c> names it.</param>
/// <returns>The refusal, or null.</returns>
internal delegate RealtimeTwinError? RealtimeFieldRule(JsonNode? value, string path);
