using System.Text.Json.Nodes;

namespace Concierge.Simulation.Chat;

/// <summary>What both interfaces ask for, in one form.</summary>
internal sealed record TextRequest
{
    public required string Model { get; init; }

    public string Instructions { get; init; } = "";

    public string LastUserText { get; init; } = "";

    /// <summary>The function whose output ends the request; null when something else does.</summary>
    public string? LastToolName { get; init; }

    /// <summary>Names of the functions offered.</summary>
    public IReadOnlySet<string> Tools { get; init; } = new HashSet<string>();

    /// <summary>The request forbids calls.</summary>
    public bool NoTools { get; init; }

    public bool Streams { get; init; }

    /// <summary>Characters of input, for usage.</summary>
    public int InputLength { get; init; }

    public int? MaxOutputTokens { get; init; }

    /// <summary>The text of a content: a string, or parts.</summary>
    public static string TextOf(JsonNode? content) => content switch
    {
        JsonArray parts => string.Concat(parts.Select(p => p?["text"]?.ToString() ?? "")),
        JsonValue value => value.ToString(),
        _ => "",
    };
}
