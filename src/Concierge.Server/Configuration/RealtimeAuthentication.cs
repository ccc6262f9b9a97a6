namespace Concierge.Server.Configuration;

/// <summary>How the key is shown to the Realtime API.</summary>
internal enum RealtimeAuthentication : byte
{
    /// <summary><c>Authorization: Bearer</c>: OpenAI, and Azure with an Entra token.</summary>
    Bearer,

    /// <summary><c>api-key</c>: Azure OpenAI.</summary>
    ApiKey,

    /// <summary>No header: a twin on this machine.</summary>
    None,
}
