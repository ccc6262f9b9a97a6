using System.Text.Json.Nodes;

namespace Concierge.Simulation.Chat;

/// <summary>An HTTP answer of the model's text interfaces: a body, or server-sent events.</summary>
internal sealed record TextReply(int Status, JsonNode? Body)
{
    public IReadOnlyList<TextChunk>? Stream { get; init; }

    public int AfterMs { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Break the connection after so many chunks; null for never.</summary>
    public int? DropAfter { get; init; }

    /// <summary>The vendor's error body.</summary>
    public static TextReply Error(int status, string message, string? code = null, string? param = null, string? type = null) => new(status, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["message"] = message,
            ["type"] = type ?? (status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error"),
            ["param"] = param,
            ["code"] = code,
        },
    });
}
