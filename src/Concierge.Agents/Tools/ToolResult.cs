using System.Text.Json;

namespace Concierge.Agents.Tools;

/// <summary>What a tool answers.</summary>
/// <param name="Output">The result for the model; JSON as its text.</param>
/// <param name="Respond">Whether the model should say something about it.</param>
/// <param name="IsError">Whether it failed.</param>
public sealed record ToolResult(string Output, bool Respond = true, bool IsError = false)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A failure, phrased for the model: what went wrong and what it can do.</summary>
    /// <param name="message">Sentences for the model; nothing secret.</param>
    public static ToolResult Failure(string message) => new(JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = message }, s_json), IsError: true);

    /// <summary>A result as JSON.</summary>
    /// <param name="value">Anything that serializes.</param>
    /// <param name="respond">Whether the model should say something about it.</param>
    public static ToolResult Json(object value, bool respond = true) => new(JsonSerializer.Serialize(value, s_json), respond);
}
