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
    public const string LocalBargeIn = "LOCAL_BARGE_IN";
    public const string MinimumInterruption = "MIN_INTERRUPTION_MS";
    public const string FallbackNumber = "FALLBACK_NUMBER";
    public const string LogLevel = "LOG_LEVEL";
    public const string LogPersonalData = "LOG_PERSONAL_DATA";
    public const string Engine = "NODE_ENGINE";
    public const string Loops = "NODE_LOOPS";
    public const string Coalesce = "COALESCE_MICROSECONDS";
    public const string WarmUp = "WARM_UP_SECONDS";
    public const string MaxLateness = "MAX_LATENESS_MS";
    public const string TlsCertificate = "TLS_CERTIFICATE";
    public const string TlsKey = "TLS_KEY";
    public const string RuntimePage = "RUNTIME_COUNTERS";
    public const string DataDirectory = "DATA_DIR";
    public const string DatabaseUrl = "DATABASE_URL";
    public const string NodeName = "NODE_NAME";
    public const string RetentionDays = "CALL_RETENTION_DAYS";
    public const string PhoneNumber = "TWILIO_PHONE_NUMBER";
    public const string CarrierApiUrl = "TWILIO_API_URL";
    public const string ApiKeySid = "TWILIO_API_KEY_SID";
    public const string ApiKeySecret = "TWILIO_API_KEY_SECRET";
    public const string AllowPrefixes = "CALL_ALLOW_PREFIXES";
    public const string DenyPrefixes = "CALL_DENY_PREFIXES";
    public const string DemoPhone = "DEMO_RESTAURANT_PHONE";
    public const string CallsPerMinute = "CALLS_PER_MINUTE";
    public const string CallsPerNumber = "CALLS_PER_NUMBER_AND_HOUR";
    public const string MaxOutboundCalls = "MAX_OUTBOUND_CALLS";
    public const string MinutesPerDay = "CALL_MINUTES_PER_DAY";
    public const string QuietHours = "QUIET_HOURS";
    public const string RingSeconds = "RING_SECONDS";
    public const string CallLimitMinutes = "CALL_LIMIT_MINUTES";
    public const string Voicemail = "VOICEMAIL";
    public const string VoicemailMessage = "VOICEMAIL_MESSAGE";
    public const string InboundRoutes = "INBOUND_ROUTES";
    public const string BusySentence = "BUSY_SENTENCE";
    public const string FallbackSentence = "FALLBACK_SENTENCE";
    public const string ApiKeys = "API_KEYS";
    public const string MaxStreamsPerRemote = "MAX_STREAMS_PER_REMOTE";
    public const string ServerUrl = "SERVER_URL";
    public const string ServerApiKey = "CONCIERGE_API_KEY";

    /// <summary>Behind a setting's name: the file that holds its value, as container secrets do.</summary>
    public const string FileSuffix = "_FILE";
}
