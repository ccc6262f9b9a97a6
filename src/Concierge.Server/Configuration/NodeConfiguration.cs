using System.Net;
using Concierge.Pipelines;
using Concierge.Server.Usage;

namespace Concierge.Server.Configuration;

/// <summary>Turns the operator's settings into <see cref="NodeOptions"/>, or into the whole list of what is wrong with them.</summary>
internal static class NodeConfiguration
{
    /// <summary>Stacks the sources, the later the stronger: <c>.env</c>, <c>appsettings.json</c>, the environment, the command line.</summary>
    /// <param name="directory">Where <c>.env</c> and <c>appsettings.json</c> are looked for.</param>
    /// <param name="envFile">Another <c>.env</c>, which then must exist; null for the one in the directory, if any.</param>
    /// <param name="commandLine">What the command line sets.</param>
    /// <param name="problems">Takes what is wrong with the files.</param>
    public static IConfiguration Gather(string directory, string? envFile, IEnumerable<KeyValuePair<string, string?>> commandLine, List<ConfigurationProblem> problems)
    {
        ConfigurationBuilder builder = new();
        builder.AddInMemoryCollection(ReadEnvFile(envFile ?? Path.Combine(directory, ".env"), mustExist: envFile is not null, problems));
        string appSettings = Path.Combine(directory, "appsettings.json");
        if (File.Exists(appSettings))
        {
            try
            {
                builder.AddInMemoryCollection(new ConfigurationBuilder().AddJsonFile(appSettings, optional: false, reloadOnChange: false).Build().AsEnumerable());
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
            {
                problems.Add(new ConfigurationProblem("appsettings.json", $"it cannot be read: {exception.InnerException?.Message ?? exception.Message}", "correct it, or take it away"));
            }
        }

        return builder.AddEnvironmentVariables().AddInMemoryCollection(commandLine).Build();
    }

    /// <summary>Validates everything in one pass.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="found">What gathering found already.</param>
    public static NodeConfigurationResult Read(IConfiguration configuration, IEnumerable<ConfigurationProblem>? found = null)
    {
        List<ConfigurationProblem> problems = [.. found ?? []];
        SettingReader settings = new(configuration, problems);
        RealtimeEndpointReader.Read(settings, out Uri url, out string model, out RealtimeAuthentication authentication, out string? key);
        NodeOptions options = new()
        {
            ApiKey = key,
            RealtimeUrl = url,
            Authentication = authentication,
            Model = model,
            Voice = ReadVoice(settings),
            TranscriptionModel = settings.Text(SettingNames.TranscriptionModel) ?? NodeOptions.DefaultTranscriptionModel,
            TurnDetection = settings.Choice(SettingNames.TurnDetection, ("server_vad", TurnDetection.ServerVad), ("semantic_vad", TurnDetection.SemanticVad)),
            Instructions = settings.Text(SettingNames.Instructions),
            AudioMode = settings.Choice(
                SettingNames.AudioMode,
                ("pcm16", CallAudioMode.Pcm16),
                ("pcmu", CallAudioMode.MuLaw),
                ("pcma", CallAudioMode.ALaw),
                ("g711_ulaw", CallAudioMode.MuLaw),
                ("g711_alaw", CallAudioMode.ALaw)),
            Host = ReadHost(settings),
            Port = settings.Integer(SettingNames.ServerPort, 8080, 0, 65_535),
            PublicUrl = ReadPublicUrl(settings),
            AccountSid = ReadAccountSid(settings),
            AuthTokens = [.. new[] { settings.Text(SettingNames.AuthToken), settings.Text(SettingNames.SecondAuthToken) }.OfType<string>()],
            RequireStreamToken = settings.Flag(SettingNames.RequireStreamToken, otherwise: true),
            MaxCalls = settings.Integer(SettingNames.MaxCalls, 200, 1, 100_000),
            DrainTime = TimeSpan.FromSeconds(settings.Integer(SettingNames.DrainSeconds, 10, 0, 3_600)),
            RecordingsFolder = ReadRecordingsFolder(settings),
            Prices = ReadPrices(settings),
            Predial = settings.Flag(SettingNames.Predial, otherwise: true),
            PredialLife = TimeSpan.FromSeconds(settings.Integer(SettingNames.PredialSeconds, 15, 1, 60)),
            MaxDialsPerSecond = settings.Integer(SettingNames.MaxDialsPerSecond, 100, 1, 10_000),
            Upstream = UpstreamReader.Read(settings),
            LocalBargeIn = settings.Flag(SettingNames.LocalBargeIn, otherwise: false),
            MinimumInterruption = TimeSpan.FromMilliseconds(settings.Integer(SettingNames.MinimumInterruption, 0, 0, 5_000)),
            LogLevel = ReadLogLevel(settings),
            Engine = settings.Choice(SettingNames.Engine, ("auto", NodeEngine.Auto), ("loop", NodeEngine.Loop), ("sockets", NodeEngine.Sockets)),
            Loops = settings.Integer(SettingNames.Loops, 0, 0, 1_024),
            Coalesce = TimeSpan.FromMicroseconds(settings.Integer(SettingNames.Coalesce, 0, 0, 20_000)),
            WarmUp = TimeSpan.FromSeconds(settings.Integer(SettingNames.WarmUp, 3, 0, 60)),
            MaxLateness = TimeSpan.FromMilliseconds(settings.Integer(SettingNames.MaxLateness, 20, 0, 10_000)),
            Certificate = TlsCertificateReader.Read(settings),
            RuntimePage = settings.Flag(SettingNames.RuntimePage, otherwise: false),
        };
        options = options with
        {
            MaxStreamsPerRemote = settings.Integer(SettingNames.MaxStreamsPerRemote, options.MaxCalls, 1, 100_000),
            Calls = CallsOptionsReader.Read(settings, options.PublicUrl, options.AccountSid, options.AuthTokens.FirstOrDefault(), options.Port),
        };
        CheckDoors(settings, options);
        if (options.Engine == NodeEngine.Loop && !WebSockets.EventLoop.IsSupported)
        {
            settings.Error(SettingNames.Engine, "the event loops need 64-bit Linux", "leave it out: the platform's sockets serve here");
        }

        if (settings.Text(SettingNames.RealtimeTemperature) is not null)
        {
            settings.Warning(SettingNames.RealtimeTemperature, "the current Realtime API has no temperature; it is ignored", "take it out");
        }

        return new NodeConfigurationResult(problems.Exists(p => p.IsError) ? null : options, problems);
    }

    private static Dictionary<string, string?> ReadEnvFile(string path, bool mustExist, List<ConfigurationProblem> problems)
    {
        try
        {
            return DotEnvFile.Parse(File.ReadAllText(path), problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            bool missing = exception is FileNotFoundException or DirectoryNotFoundException;
            if (mustExist || !missing)
            {
                problems.Add(new ConfigurationProblem(".env", missing ? $"there is no file '{path}'" : $"it cannot be read: {exception.Message}", "check the path and its permissions"));
            }

            return [];
        }
    }

    private static string ReadVoice(SettingReader settings)
    {
        string voice = settings.Text(SettingNames.RealtimeVoice) ?? NodeOptions.DefaultVoice;
        string known = string.Join(", ", RealtimeModels.Voices);
        if (RealtimeModels.SpeechOnlyVoices.Contains(voice, StringComparer.OrdinalIgnoreCase))
        {
            settings.Error(SettingNames.RealtimeVoice, $"'{voice}' is a voice of the speech endpoint, not of the Realtime API", $"set one of: {known}");
        }
        else if (!RealtimeModels.Voices.Contains(voice, StringComparer.Ordinal))
        {
            settings.Warning(SettingNames.RealtimeVoice, $"'{voice}' is not a voice known here", $"check its spelling; the known ones are {known}");
        }

        return voice;
    }

    private static string ReadHost(SettingReader settings)
    {
        string host = settings.Text(SettingNames.ServerHost) ?? "0.0.0.0";
        if (host != "localhost" && !IPAddress.TryParse(host, out _))
        {
            settings.Error(SettingNames.ServerHost, $"'{host}' is not an address of this machine", "set an IP address, localhost, or 0.0.0.0 for all; the public name is PUBLIC_DOMAIN");
        }

        return host;
    }

    private static Uri? ReadPublicUrl(SettingReader settings)
    {
        if (settings.Text(SettingNames.PublicDomain) is not { } text)
        {
            return null;
        }

        string whole = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (Uri.TryCreate(whole, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http" && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0)
        {
            return url;
        }

        settings.Error(SettingNames.PublicDomain, $"'{text}' is not a host name", "set host or host:port, without a path, such as node.example.com");
        return null;
    }

    private static string? ReadAccountSid(SettingReader settings)
    {
        string? sid = settings.Text(SettingNames.AccountSid);
        if (sid is not null && (sid.Length != 34 || !sid.StartsWith("AC", StringComparison.Ordinal) || sid.AsSpan(2).IndexOfAnyExcept("0123456789abcdef") >= 0))
        {
            settings.Error(SettingNames.AccountSid, "it is not an account SID", "set AC followed by 32 lower-case hexadecimal digits, from the carrier's console");
        }

        return sid;
    }

    private static string? ReadRecordingsFolder(SettingReader settings)
    {
        if (settings.Text(SettingNames.RecordingsFolder) is not { } folder)
        {
            return null;
        }

        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            settings.Error(SettingNames.RecordingsFolder, $"'{folder}' cannot be written: {exception.Message}", "name a folder that this user may write to, or leave it out to record nothing");
            return null;
        }
    }

    private static PriceTable? ReadPrices(SettingReader settings)
    {
        if (settings.Text(SettingNames.PricesFile) is not { } path)
        {
            return null;
        }

        try
        {
            return PriceTable.Read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            settings.Error(SettingNames.PricesFile, $"'{path}' cannot be read: {exception.Message}", "correct it; docs/operations.md shows the form");
            return null;
        }
    }

    private static LogLevel ReadLogLevel(SettingReader settings) => settings.Choice(
        SettingNames.LogLevel,
        ("information", LogLevel.Information),
        ("info", LogLevel.Information),
        ("trace", LogLevel.Trace),
        ("debug", LogLevel.Debug),
        ("warning", LogLevel.Warning),
        ("error", LogLevel.Error),
        ("critical", LogLevel.Critical),
        ("none", LogLevel.None));

    /// <summary>An open door that spends somebody's key is a mistake, so it needs saying so.</summary>
    private static void CheckDoors(SettingReader settings, NodeOptions options)
    {
        bool loopback = options.Host == "localhost" || (IPAddress.TryParse(options.Host, out IPAddress? address) && IPAddress.IsLoopback(address));
        if (options.AuthTokens.Count == 0)
        {
            bool allowed = settings.Flag(SettingNames.AllowUnsigned, otherwise: false);
            if (options.AccountSid is not null)
            {
                settings.Error(SettingNames.AuthToken, "it is missing although TWILIO_ACCOUNT_SID is set", "set the account's auth token: signatures are checked with it");
            }
            else if (!loopback && !allowed)
            {
                settings.Error(
                    SettingNames.AuthToken,
                    "it is missing: whoever reaches this node could place calls on your key",
                    "set the account's auth token; or listen on this machine only (SERVER_HOST=127.0.0.1); or accept it (ALLOW_UNSIGNED=true)");
            }
            else if (!loopback)
            {
                settings.Warning(SettingNames.AuthToken, "it is missing: no request's signature is checked", "set the account's auth token");
            }
        }
        else if (options.PublicUrl is null)
        {
            settings.Error(SettingNames.PublicDomain, "it is missing, and signatures are made over the public address", "set the host name that the carrier dials");
        }

        if (options.PublicUrl is null && !loopback && options.AuthTokens.Count == 0)
        {
            settings.Warning(SettingNames.PublicDomain, "it is missing: the TwiML names this machine's own address", "set the host name that the carrier dials");
        }
    }
}
