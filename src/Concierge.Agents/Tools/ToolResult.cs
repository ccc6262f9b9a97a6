using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concierge.Agents.Tools;

/// <summary>What a tool answers.</summary>
/// <param name="Output">The result for the model; JSON as its text.</param>
/// <param name="Respond">Whether the model should say something about it.</param>
/// <param name="IsError">Whether it failed.</param>
public sealed record ToolResult(string Output, bool Respond = true, bool IsError = false)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A failure, phrased for the model: what went wrong and what it can do.</summary>
    /// <param name="message">Sentences for the model; nothing secret.</param>
    public static ToolResult Failure(string message) => Json(new JsonObject { ["error"] = message }) with { IsError = true };

    /// <summary>A result as JSON.</summary>
    /// <param name="value">The result; for types of your own, <c>JsonSerializer.SerializeToNode</c> with a source-generated context.</param>
    /// <param name="respond">Whether the model should say something about it.</param>
    public static ToolResult Json(JsonNode value, bool respond = true)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new ToolResult(value.ToJsonString(s_json), respond);
    }
}
