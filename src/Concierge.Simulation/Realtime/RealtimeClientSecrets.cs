using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Concierge.Simulation.Chat;

namespace Concierge.Simulation.Realtime;

/// <summary><c>POST /v1/realtime/client_secrets</c>: short-lived keys that carry a session's settings (PROTOCOL B.13).</summary>
internal sealed class RealtimeClientSecrets(TimeProvider time)
{
    private const int UsualSeconds = 600;

    private readonly ConcurrentDictionary<string, (DateTimeOffset ExpiresAt, JsonObject? Session)> _issued = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly RealtimeIds _ids = new(0xEC);

    public TextReply Issue(JsonObject body)
    {
        foreach ((string name, _) in body)
        {
            if (name is not ("expires_after" or "session"))
            {
                return Refuse(RealtimeFieldRules.Unknown(name));
            }
        }

        int seconds = UsualSeconds;
        if (body["expires_after"] is JsonObject after)
        {
            if (after["anchor"]?.ToString() is not (null or "created_at"))
            {
                return Refuse(new RealtimeTwinError("invalid_value", $"Invalid value: '{after["anchor"]}'. Supported values are: 'created_at'.", "expires_after.anchor"));
            }

            if (after["seconds"] is { } given && (!int.TryParse(given.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds is < 10 or > 7200))
            {
                return Refuse(new RealtimeTwinError("invalid_value", $"Invalid value: {given.ToJsonString()}. Expected an integer between 10 and 7200.", "expires_after.seconds"));
            }
        }

        string key, id;
        lock (_gate)
        {
            key = _ids.Next("ek_");
            id = _ids.Next("sess_");
        }

        var session = body["session"] as JsonObject;
        var state = new RealtimeSessionState(id, session?["model"]?.ToString() ?? "gpt-realtime-2.1", 0, session?["type"]?.ToString() == "transcription");
        if (session is not null && state.TryUpdate(session, hasSpoken: false) is { } error)
        {
            return Refuse(error);
        }

        DateTimeOffset expiresAt = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        _issued[key] = (expiresAt, (JsonObject?)session?.DeepClone());
        return new TextReply(200, new JsonObject { ["value"] = key, ["expires_at"] = expiresAt.ToUnixTimeSeconds(), ["session"] = state.Effective.DeepClone() });
    }

    /// <summary>Whether a key was issued and still holds.</summary>
    /// <param name="key">The key presented.</param>
    /// <param name="session">The settings it carries; null for none.</param>
    public bool TryUse(string? key, out JsonObject? session)
    {
        session = null;
        if (key is null || !_issued.TryGetValue(key, out (DateTimeOffset ExpiresAt, JsonObject? Session) secret) || secret.ExpiresAt < time.GetUtcNow())
        {
            return false;
        }

        session = secret.Session;
        return true;
    }

    private static TextReply Refuse(RealtimeTwinError error) => TextReply.Error(400, error.Message, error.Code, error.Param);
}
