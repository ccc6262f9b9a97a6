using System.Text.Json;

namespace Concierge.Agents.Text;

/// <summary>One message of a written conversation, as the model reads it and the store keeps it.</summary>
public sealed record TextMessage
{
    /// <summary>Whose it is.</summary>
    public required TextRole Role { get; init; }

    /// <summary>The words; of a tool, its answer.</summary>
    public string Text { get; init => field = value ?? ""; } = ""; // null comes from JSON that has no text

    /// <summary>The agent that wrote it; null for others.</summary>
    public string? Agent { get; init; }

    /// <summary>The tools an agent calls with it; null for none.</summary>
    public IReadOnlyList<TextToolCall>? ToolCalls { get; init; }

    /// <summary>The call a tool answers.</summary>
    public string? CallId { get; init; }

    /// <summary>The person's words.</summary>
    public static TextMessage User(string text) => new() { Role = TextRole.User, Text = text };

    /// <summary>The message as the store keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AgentsJson.Relaxed.TextMessage);

    /// <summary>Reads a message from the store.</summary>
    /// <returns>Null for something that is no message.</returns>
    public static TextMessage? FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AgentsJson.Relaxed.TextMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
