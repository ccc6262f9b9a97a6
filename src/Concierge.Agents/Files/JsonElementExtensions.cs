using System.Text.Json;

namespace Concierge.Agents.Files;

/// <summary>Short ways to read what a schema has checked.</summary>
internal static class JsonElementExtensions
{
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static double? Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static bool Flag(this JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static List<string> List(this JsonElement element, string name) => [.. element.Items(name).Select(i => i.GetString()!)];

    public static IEnumerable<JsonProperty> Properties(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : [];

    public static Dictionary<string, string> Map(this JsonElement element, string name) =>
        element.Properties(name).GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.Last().Value.GetString()!);
}
