namespace Concierge.Server.Configuration;

/// <summary>The names an operator sets, the same in <c>.env</c>, <c>appsettings.json</c> and the environment.</summary>
internal static class SettingNames
{
    public const string ApiKey = "OPENAI_API_KEY";
    public const string RealtimeUrl = "REALTIME_URL";
    public const string RealtimeAuth = "REALTIME_AUTH";
    public const string RealtimeModel = "REALTIME_MODEL";
    public const string RealtimeVoice = "REALTIME_VOICE";
    public const string RealtimeTemperature = "REALTIME_TEMPERATURE";
    public const string TranscriptionModel = "REALTIME_TRANSCRIPTION_MODEL";
    public const string TurnDetection = "TURN_DETECTION";
    public const string Instructions = "AGENT_INSTRUCTIONS";
    public const string AudioMode = "AUDIO_MODE";
    public const string ServerHost = "SERVER_HOST";
    public const string ServerPort = "SERVER_PORT";
    public const string PublicDomain = "PUBLIC_DOMAIN";
    public const string AccountSid = "TWILIO_ACCOUNT_SID";
    public const string AuthToken = "TWILIO_AUTH_TOKEN";
    public const string SecondAuthToken = "TWILIO_AUTH_TOKEN_SECONDARY";
    public const string RequireStreamToken = "REQUIRE_STREAM_TOKEN";
    public const string AllowUnsigned = "ALLOW_UNSIGNED";
    public const string MaxCalls = "MAX_CALLS";
    public const string DrainSeconds = "DRAIN_SECONDS";
    public const string RecordingsFolder = "RECORDINGS_DIR";
    public const string PricesFile = "PRICES_FILE";
    public const string Predial = "PREDIAL";
    public const string PredialSeconds = "PREDIAL_SECONDS";
    public const string MaxDialsPerSecond = "MAX_DIALS_PER_SECOND";
    public const string ReconnectAttempts = "RECONNECT_ATTEMPTS";
    public const string OutageSeconds = "OUTAGE_SECONDS";
    public const string OutageSound = "OUTAGE_SOUND";
    public const string ApologySound = "APOLOGY_SOUND";
    public const string FallbackNumber = "FALLBACK_NUMBER";
    public const string LogLevel = "LOG_LEVEL";
    public const string Engine = "NODE_ENGINE";
    public const string Loops = "NODE_LOOPS";
    public const string Coalesce = "COALESCE_MICROSECONDS";
    public const string MaxLateness = "MAX_LATENESS_MS";
    public const string TlsCertificate = "TLS_CERTIFICATE";
    public const string TlsKey = "TLS_KEY";
    public const string RuntimeCounters = "RUNTIME_COUNTERS";
}
