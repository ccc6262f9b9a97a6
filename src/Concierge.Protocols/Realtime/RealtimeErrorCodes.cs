namespace Concierge.Protocols.Realtime;

/// <summary>The error codes that the bridge must tell apart. The set is open: any other code leaves the session running.</summary>
public static class RealtimeErrorCodes
{
    /// <summary>A response was asked for while one is active.</summary>
    public const string ActiveResponse = "conversation_already_has_active_response";

    /// <summary>A cancel found no active response: harmless.</summary>
    public const string CancelNotActive = "response_cancel_not_active";

    /// <summary>A commit with less than 100 ms of audio.</summary>
    public const string CommitEmpty = "input_audio_buffer_commit_empty";

    /// <summary>The session reached 60 minutes; a close with 1001 follows.</summary>
    public const string SessionExpired = "session_expired";

    /// <summary>Whether no further attempt can succeed: key, quota, account, billing, dialect or model are refused.</summary>
    /// <param name="code">The error's code.</param>
    /// <returns>True for a code after which there must be no retry.</returns>
    public static bool IsFatal(string? code) => code is "invalid_api_key" or "insufficient_quota" or "account_deactivated"
        or "billing_hard_limit_reached" or "beta_api_shape_disabled" or "model_not_found";

    /// <summary>Whether the server asks for fewer requests.</summary>
    /// <param name="code">The error's code.</param>
    /// <returns>True for a rate limit, of requests or of inference.</returns>
    public static bool IsRateLimit(string? code) => code is "rate_limit_exceeded" or "inference_rate_limit_exceeded";
}
