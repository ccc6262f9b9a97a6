using System.Globalization;
using System.Text.RegularExpressions;

namespace Concierge.Simulation.Exchange;

/// <summary>The parameters of a new call, checked (PROTOCOL A.10).</summary>
internal sealed partial record CallRequest
{
    private const int MaxTwiml = 4000;

    private static readonly string[] s_events = ["initiated", "ringing", "answered", "completed"];

    public required string To { get; init; }

    public required string From { get; init; }

    public required TwimlSource Source { get; init; }

    public Uri? StatusCallback { get; init; }

    public string StatusCallbackMethod { get; init; } = "POST";

    public IReadOnlyCollection<string> Events { get; init; } = ["completed"];

    /// <summary>Events asked for that do not exist.</summary>
    public IReadOnlyList<string> UnknownEvents { get; init; } = [];

    public TimeSpan Ring { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan? TimeLimit { get; init; }

    public string? SendDigits { get; init; }

    public bool Record { get; init; }

    public RecordingRequest Recording { get; init; } = new(1, "both", null, "POST", "completed");

    /// <summary>Enable, DetectMessageEnd or null.</summary>
    public string? Detection { get; init; }

    public TimeSpan DetectionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the result of asynchronous detection goes; null when detection holds the call up.</summary>
    public Uri? AsyncDetection { get; init; }

    public string AsyncDetectionMethod { get; init; } = "POST";

    public static (CallRequest? Request, RestProblem? Problem) Read(RestForm form)
    {
        if (Refusal(form) is { } refusal)
        {
            return (null, refusal);
        }

        if (ReadSource(form, out TwimlSource? source) is { } problem)
        {
            return (null, problem);
        }

        string[] events = [.. form.All("StatusCallbackEvent").SelectMany(e => e.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))];
        bool async = form.Is("AsyncAmd");
        return (new CallRequest
        {
            To = form["To"]!,
            From = form["From"]!,
            Source = source!,
            StatusCallback = Address(form["StatusCallback"]),
            StatusCallbackMethod = Method(form, "StatusCallbackMethod"),
            Events = events.Length == 0 ? ["completed"] : [.. events.Intersect(s_events)],
            UnknownEvents = [.. events.Except(s_events)],
            Ring = TimeSpan.FromSeconds(Number(form, "Timeout") ?? 60),
            TimeLimit = Number(form, "TimeLimit") is { } limit ? TimeSpan.FromSeconds(limit) : null,
            SendDigits = form["SendDigits"],
            Record = form.Is("Record"),
            Recording = RecordingRequest.Read(form),
            Detection = form["SendDigits"] is null ? form["MachineDetection"] : null,
            DetectionTimeout = TimeSpan.FromSeconds(Number(form, "MachineDetectionTimeout") ?? 30),
            AsyncDetection = async ? Address(form["AsyncAmdStatusCallback"]) : null,
            AsyncDetectionMethod = Method(form, "AsyncAmdStatusCallbackMethod"),
        }, null);
    }

    /// <summary>Where TwiML comes from; used for updates too, where it may be absent.</summary>
    public static RestProblem? ReadSource(RestForm form, out TwimlSource? source, bool required = true)
    {
        source = null;
        string? url = form["Url"];
        string? twiml = form["Twiml"];
        if (url is null && twiml is null)
        {
            return required ? new RestProblem(400, 21205, "Url parameter is required.") : null;
        }

        if (url is not null && twiml is not null)
        {
            return new RestProblem(400, 21205, "Url and Twiml are mutually exclusive.");
        }

        if (twiml is { Length: > MaxTwiml })
        {
            return new RestProblem(400, 32018, $"Twiml parameter is longer than {MaxTwiml} characters.");
        }

        if (url is not null && Address(url) is null)
        {
            return new RestProblem(400, 21205, $"Url is not a valid URL: {url}");
        }

        source = new TwimlSource(Address(url), Method(form, "Method"), twiml, Address(form["FallbackUrl"]), Method(form, "FallbackMethod"));
        return null;
    }

    public static Uri? Address(string? text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;

    public static string Method(RestForm form, string name) => string.Equals(form[name], "GET", StringComparison.OrdinalIgnoreCase) ? "GET" : "POST";

    private static RestProblem? Refusal(RestForm form)
    {
        if (form["To"] is not { } to)
        {
            return new RestProblem(400, 21201, "No 'To' number is specified");
        }

        if (form["From"] is not { } from)
        {
            return new RestProblem(400, 21213, "No 'From' number is specified");
        }

        if (!IsAddress(to))
        {
            return new RestProblem(400, 21211, $"The phone number you are attempting to call, {to}, is not valid.");
        }

        if (!IsAddress(from))
        {
            return new RestProblem(400, 21212, $"The source phone number provided, {from}, is not valid.");
        }

        if (form["SendDigits"] is { } digits && (digits.Length > 32 || digits.Any(c => !"0123456789*#wW".Contains(c))))
        {
            return new RestProblem(400, 20001, "SendDigits holds at most 32 of 0-9, *, # and w.");
        }

        foreach ((string name, int least, int most) in ((string, int, int)[])
            [
                ("Timeout", 1, 600), ("TimeLimit", 1, 86400), ("MachineDetectionTimeout", 3, 59), ("MachineDetectionSpeechThreshold", 1000, 6000),
                ("MachineDetectionSpeechEndThreshold", 500, 5000), ("MachineDetectionSilenceTimeout", 2000, 10000),
            ])
        {
            if (form[name] is not null && (Number(form, name) is not { } value || value < least || value > most))
            {
                return new RestProblem(400, 20001, $"{name} must be an integer between {least} and {most}.");
            }
        }

        if (form["MachineDetection"] is not (null or "Enable" or "DetectMessageEnd"))
        {
            return new RestProblem(400, 20001, "MachineDetection must be Enable or DetectMessageEnd.");
        }

        return form.Is("AsyncAmd") && Address(form["AsyncAmdStatusCallback"]) is null
            ? new RestProblem(400, 21262, "AsyncAmdStatusCallback is required with AsyncAmd.")
            : null;
    }

    private static int? Number(RestForm form, string name) =>
        int.TryParse(form[name], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static bool IsAddress(string text) =>
        PhoneNumber().IsMatch(text) || text.StartsWith("sip:", StringComparison.Ordinal) || text.StartsWith("client:", StringComparison.Ordinal);

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex PhoneNumber();
}
