using System.Net;
using System.Text.RegularExpressions;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;

namespace Concierge.Server.Configuration;

/// <summary>Reads what concerns calls: memory, carrier, destinations, doors.</summary>
internal static partial class CallsOptionsReader
{
    public static CallsOptions Read(SettingReader settings, Uri? publicUrl, string? accountSid, string? authToken, int port)
    {
        string data = settings.Text(SettingNames.DataDirectory) ?? "concierge-data";
        (TwilioClientOptions? carrier, string? number) = ReadCarrier(settings, publicUrl, accountSid, authToken);
        int days = settings.Integer(SettingNames.RetentionDays, 90, 0, 36_500);
        return new CallsOptions
        {
            DataDirectory = data,
            DatabaseUrl = ReadDatabase(settings),
            NodeName = ReadNodeName(settings, port),
            Retention = days == 0 ? null : TimeSpan.FromDays(days),
            RecordingsDirectory = settings.Text(SettingNames.RecordingsFolder),
            Carrier = carrier,
            PhoneNumber = number,
            Policy = ReadPolicy(settings),
            RingTimeout = TimeSpan.FromSeconds(settings.Integer(SettingNames.RingSeconds, 30, 5, 600)),
            TimeLimit = TimeSpan.FromMinutes(settings.Integer(SettingNames.CallLimitMinutes, 10, 1, 240)),
            Voicemail = settings.Choice(
                SettingNames.Voicemail, ("hangup", VoicemailPolicy.HangUp), ("message", VoicemailPolicy.LeaveMessage), ("ignore", VoicemailPolicy.Ignore)),
            VoicemailMessage = settings.Text(SettingNames.VoicemailMessage),
            InboundRoutes = ReadRoutes(settings),
            BusySentence = settings.Text(SettingNames.BusySentence),
            FallbackNumber = settings.Text(SettingNames.FallbackNumber), // UpstreamReader says what is wrong with it
            FallbackSentence = settings.Text(SettingNames.FallbackSentence),
            ApiKeys = ReadKeys(settings),
            LogPersonalData = ReadPersonalData(settings),
        };
    }

    private static bool ReadPersonalData(SettingReader settings)
    {
        bool asked = settings.Flag(SettingNames.LogPersonalData, otherwise: false);
        if (asked)
        {
            settings.Warning(SettingNames.LogPersonalData, "the log will hold telephone numbers, what was said and the keys pressed", "set it for as long as a fault is looked into, and keep the log as carefully as the call store");
        }

        return asked;
    }

    private static (TwilioClientOptions? Carrier, string? Number) ReadCarrier(SettingReader settings, Uri? publicUrl, string? accountSid, string? authToken)
    {
        string? number = ReadNumber(settings, SettingNames.PhoneNumber);
        string? keySid = settings.Text(SettingNames.ApiKeySid), keySecret = settings.Text(SettingNames.ApiKeySecret);
        Uri api = ReadApiUrl(settings);
        if (keySid is null != keySecret is null)
        {
            settings.Error(keySid is null ? SettingNames.ApiKeySid : SettingNames.ApiKeySecret, "it is missing although its other half is set", "set both, or neither to use the auth token");
        }

        string? secret = keySecret ?? authToken;
        if (accountSid is null || secret is null)
        {
            return (null, number);
        }

        if (number is null)
        {
            settings.Warning(SettingNames.PhoneNumber, "it is missing: this node answers calls and places none", "set a number of the account, such as +14155550100");
        }
        else if (publicUrl is null)
        {
            settings.Error(SettingNames.PublicDomain, "it is missing, and the carrier must find this node to ask what to do with a call", "set the host name that the carrier dials");
        }

        return (new TwilioClientOptions { BaseUrl = api, AccountSid = accountSid, ApiKeySid = keySid, Secret = secret }, number);
    }

    private static Uri ReadApiUrl(SettingReader settings)
    {
        if (settings.Text(SettingNames.CarrierApiUrl) is not { } text)
        {
            return TwilioClientOptions.DefaultBaseUrl;
        }

        // The auth token goes there.
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.UserInfo.Length == 0 && url.PathAndQuery == "/"
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return url;
        }

        settings.Error(SettingNames.CarrierApiUrl, "it is not an https address without a path", "set https://api.twilio.com or a region's host; http only for a twin on this machine");
        return TwilioClientOptions.DefaultBaseUrl;
    }

    private static string? ReadDatabase(SettingReader settings)
    {
        if (settings.Text(SettingNames.DatabaseUrl) is not { } text)
        {
            return null;
        }

        try
        {
            PostgresAddress.ToConnectionString(text);
        }
        catch (FormatException exception)
        {
            settings.Error(SettingNames.DatabaseUrl, exception.Message.TrimEnd('.'), "set postgresql://user:password@host:port/database, or leave it out for a file in DATA_DIR");
        }

        return text;
    }

    private static string ReadNodeName(SettingReader settings, int port)
    {
        string name = settings.Text(SettingNames.NodeName) ?? $"{Dns.GetHostName()}-{(port == 0 ? Environment.ProcessId : port)}";
        if (name.Length > 100 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            settings.Error(SettingNames.NodeName, "it may have letters, digits, '-', '_' and '.' only", "set a short name, different on every node");
        }

        return name;
    }

    private static DestinationPolicyOptions ReadPolicy(SettingReader settings)
    {
        QuietHours? quiet = null;
        string hours = settings.Text(SettingNames.QuietHours) ?? "22:00-08:00";
        if (hours != "off")
        {
            if (QuietHours.TryParse(hours, out QuietHours read))
            {
                quiet = read;
            }
            else
            {
                settings.Error(SettingNames.QuietHours, $"'{hours}' is not a span of hours", "set something like 22:00-08:00, or off");
            }
        }

        return new DestinationPolicyOptions
        {
            AllowedPrefixes = ReadPrefixes(settings, SettingNames.AllowPrefixes),
            DeniedPrefixes = ReadPrefixes(settings, SettingNames.DenyPrefixes),
            DemoNumber = ReadNumber(settings, SettingNames.DemoPhone),
            CallsPerMinute = settings.Integer(SettingNames.CallsPerMinute, 10, 1, 10_000),
            CallsPerNumberAndHour = settings.Integer(SettingNames.CallsPerNumber, 3, 1, 10_000),
            MaxConcurrent = settings.Integer(SettingNames.MaxOutboundCalls, 10, 1, 100_000),
            MinutesPerDay = settings.Integer(SettingNames.MinutesPerDay, 240, 1, 1_000_000),
            QuietHours = quiet,
        };
    }

    private static string[] ReadPrefixes(SettingReader settings, string name)
    {
        string[] prefixes = [.. Words(settings.Text(name))];
        foreach (string prefix in prefixes.Where(p => p is not ['+', >= '1' and <= '9', ..] || p.Length > 16 || p.AsSpan(1).IndexOfAnyExceptInRange('0', '9') >= 0))
        {
            settings.Error(name, $"'{prefix}' is not the beginning of a number in E.164", "write prefixes such as +1 +4930, with spaces or commas between them");
        }

        return prefixes;
    }

    private static string? ReadNumber(SettingReader settings, string name)
    {
        string? number = settings.Text(name);
        if (number is not null && !PhoneNumber.IsE164(number))
        {
            settings.Error(name, "it is not a number in E.164", "write + and 7 to 15 digits without spaces, such as +14155550100");
        }

        return number;
    }

    private static Dictionary<string, string> ReadRoutes(SettingReader settings)
    {
        Dictionary<string, string> routes = new(StringComparer.Ordinal);
        foreach (string pair in RouteBreak().Split(settings.Text(SettingNames.InboundRoutes) ?? "").Where(p => p.Length > 0))
        {
            string[] parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && PhoneNumber.IsE164(parts[0]) && parts[1].Length > 0)
            {
                routes[parts[0]] = parts[1];
            }
            else
            {
                settings.Error(SettingNames.InboundRoutes, $"'{pair}' is not NUMBER=AGENT", "write pairs such as +14155550100=Front desk, with commas between them");
            }
        }

        return routes;
    }

    private static List<ApiKey> ReadKeys(SettingReader settings)
    {
        List<ApiKey> keys = [];
        foreach (string text in Words(settings.Text(SettingNames.ApiKeys)))
        {
            if (ApiKey.TryParse(text, out ApiKey key))
            {
                keys.Add(key);
            }
            else
            {
                settings.Error(SettingNames.ApiKeys, "an entry is not name:role:hash", "make one with 'concierge config key NAME --role read|call|admin' and paste the line it prints");
            }
        }

        return keys;
    }

    /// <summary>Agents' names may have spaces: pairs are divided by commas, semicolons and lines, and by spaces before the next number.</summary>
    [GeneratedRegex(@"\s*[,;\r\n]\s*|\s+(?=\+)")]
    private static partial Regex RouteBreak();

    private static string[] Words(string? text) => (text ?? "").Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
