using System.Globalization;
using System.Xml.Linq;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>Executes one TwiML document, verb by verb.</summary>
internal sealed class TwimlRun(ExchangeCallRun run, CancellationToken ct)
{
    private readonly TwilioExchange _exchange = run.Exchange;

    /// <returns>Where the next document comes from; null when this one ended the call or came to its end.</returns>
    public async Task<TwimlSource?> RunAsync(TwimlSource source)
    {
        if (await LoadAsync(source) is not { } document)
        {
            run.Answer();
            run.Log("error", "An application error has occurred. Goodbye.");
            await run.Leg.HearAsync(SpokenText.Speak("We are sorry. An application error has occurred. Goodbye."));
            return null;
        }

        bool first = !run.IsAnswered;
        foreach (XElement verb in document.Verbs)
        {
            ct.ThrowIfCancellationRequested();
            string name = verb.Name.LocalName;
            if (first && name == "Reject")
            {
                run.Log(name, verb.Attribute("reason")?.Value ?? "rejected");
                run.End(verb.Attribute("reason")?.Value == "busy" ? "busy" : "no-answer");
                return null;
            }

            first = false;
            run.Answer();
            (bool goesOn, TwimlSource? next) = await ExecuteAsync(verb, name, document);
            if (!goesOn)
            {
                return next;
            }
        }

        run.Answer();
        return null;
    }

    private async Task<(bool GoesOn, TwimlSource? Next)> ExecuteAsync(XElement verb, string name, TwimlDocument document)
    {
        switch (name)
        {
            case "Say":
                run.Log(name, verb.Value.Trim());
                await HearAsync(SpokenText.Speak(verb.Value), Whole(verb, "loop", 1));
                return (true, null);
            case "Play":
                return await PlayAsync(verb, document);
            case "Pause":
                int seconds = Whole(verb, "length", 1);
                run.Log(name, seconds + " s");
                await Task.Delay(TimeSpan.FromSeconds(seconds), _exchange.Time, ct);
                return (true, null);
            case "Hangup":
            case "Reject":
                run.Log(name, "");
                return (false, null);
            case "Redirect":
                run.Log(name, verb.Value.Trim());
                return (false, Source(document, verb.Value.Trim(), verb.Attribute("method")?.Value));
            case "Connect":
            case "Start":
            case "Stop":
                return await StreamAsync(verb, name, document);
            case "Dial":
                return After(document, verb, await new DialVerb(run, verb, ct).RunAsync());
            default:
                _exchange.Notify(run.Call, 12200, isWarning: true, $"Schema validation warning: '{name}' is not executed here.", document.Address?.AbsoluteUri ?? "");
                run.Log(name, "(ignored)");
                return (true, null);
        }
    }

    private async Task<(bool GoesOn, TwimlSource? Next)> StreamAsync(XElement verb, string name, TwimlDocument document)
    {
        XElement? stream = verb.Element("Stream");
        if (name == "Stop")
        {
            run.Log(name, stream?.Attribute("name")?.Value ?? "");
            _exchange.Forks.Stop(run.Call.Sid, stream?.Attribute("name")?.Value);
            return (true, null);
        }

        if (stream is null)
        {
            _exchange.Notify(run.Call, 12200, isWarning: true, $"Schema validation warning: {name} without Stream.", document.Address?.AbsoluteUri ?? "");
            return (true, null);
        }

        run.Log(name, stream.Attribute("url")?.Value ?? "");
        var request = StreamRequest.Read(stream, bidirectional: name == "Connect");
        if (request.Problem is { } problem)
        {
            _exchange.Notify(run.Call, problem.Code, isWarning: false, problem.Message, stream.Attribute("url")?.Value ?? "");
            return name == "Connect" ? After(document, verb, []) : (true, null);
        }

        if (name == "Start")
        {
            _exchange.Forks.Start(run, request);
            return (true, null);
        }

        await new ConnectVerb(run, request, ct).RunAsync();
        ct.ThrowIfCancellationRequested();
        return After(document, verb, []);
    }

    private async Task<(bool GoesOn, TwimlSource? Next)> PlayAsync(XElement verb, TwimlDocument document)
    {
        string address = verb.Value.Trim();
        run.Log("Play", verb.Attribute("digits")?.Value is { } digits ? $"digits {digits}" : address);
        if (verb.Attribute("digits")?.Value is { } tones)
        {
            await HearAsync(SpokenText.Dial(tones), 1);
            return (true, null);
        }

        if (!TryResolve(document, address, out Uri? url))
        {
            _exchange.Notify(run.Call, 11100, isWarning: false, $"Invalid URL format '{address}'.", address);
            return (true, null);
        }

        WebhookAnswer answer = await _exchange.Webhooks.SendAsync(run.Call, run.Cookies, "media", url!, "GET", [], ct);
        if (answer.ErrorCode is { } code)
        {
            _exchange.Notify(run.Call, code, isWarning: false, answer.Error, url!.AbsoluteUri);
            return (true, null);
        }

        if (SpokenText.TryReadAudio(answer.Body, answer.ContentType) is not { } sound)
        {
            _exchange.Notify(run.Call, 12300, isWarning: false, $"Content type '{answer.ContentType}' cannot be played.", url!.AbsoluteUri);
            return (true, null);
        }

        await HearAsync(sound, Whole(verb, "loop", 1));
        return (true, null);
    }

    // 0 is for ever, as the vendor has it.
    private async Task HearAsync(ReadOnlyMemory<short> sound, int times)
    {
        for (int i = 0; (times == 0 && !sound.IsEmpty) || i < times; i++)
        {
            await using (ct.UnsafeRegister(static state => ((TelephoneLeg)state!).Silence(), run.Leg))
            {
                await run.Leg.HearAsync(sound);
            }

            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<TwimlDocument?> LoadAsync(TwimlSource source)
    {
        TwimlDocument document;
        if (source.Text is { } text)
        {
            document = TwimlDocument.Parse(text, null);
        }
        else
        {
            document = await FetchAsync(source.Url!, source.Method, source.Purpose, source.Fields);
            if (document.ErrorCode is { } failed)
            {
                _exchange.Notify(run.Call, failed, isWarning: false, document.Error, source.Url!.AbsoluteUri);
                if (source.FallbackUrl is { } fallback)
                {
                    document = await FetchAsync(fallback, source.FallbackMethod, "fallback",
                    [
                        .. source.Fields,
                        new("ErrorCode", failed.ToString(CultureInfo.InvariantCulture)),
                        new("ErrorUrl", source.Url!.AbsoluteUri),
                    ]);
                }
            }
        }

        if (document.ErrorCode is not { } code)
        {
            return document;
        }

        if (source.Text is not null || source.FallbackUrl is not null)
        {
            _exchange.Notify(run.Call, code, isWarning: false, document.Error, source.FallbackUrl?.AbsoluteUri ?? "");
        }

        return null;
    }

    private async Task<TwimlDocument> FetchAsync(Uri url, string method, string purpose, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        WebhookAnswer answer = await _exchange.Webhooks.SendAsync(
            run.Call, run.Cookies, purpose, url, method, [.. CallParameters.Of(run.Call, _exchange.Options.AccountSid), .. fields], ct);
        return answer.ErrorCode is { } code ? new TwimlDocument([], url, code, answer.Error)
            : !TwimlDocument.IsContentType(answer.ContentType) ? new TwimlDocument([], url, 12300, $"Content type '{answer.ContentType}' is not taken as TwiML.")
            : TwimlDocument.Parse(answer.Text, answer.Address);
    }

    private static (bool GoesOn, TwimlSource? Next) After(TwimlDocument document, XElement verb, IReadOnlyList<KeyValuePair<string, string>> fields) =>
        verb.Attribute("action")?.Value is { Length: > 0 } action
            ? (false, Source(document, action, verb.Attribute("method")?.Value) is { } next ? next with { Purpose = "action", Fields = fields } : null)
            : (true, null);

    private static TwimlSource? Source(TwimlDocument document, string address, string? method) =>
        TryResolve(document, address, out Uri? url) ? new TwimlSource(url, string.Equals(method, "GET", StringComparison.OrdinalIgnoreCase) ? "GET" : "POST", null) : null;

    private static bool TryResolve(TwimlDocument document, string address, out Uri? url)
    {
        bool valid = document.Address is { } parent ? Uri.TryCreate(parent, address, out url) : Uri.TryCreate(address, UriKind.Absolute, out url);
        return valid && url!.Scheme is "http" or "https";
    }

    private static int Whole(XElement verb, string attribute, int otherwise) =>
        int.TryParse(verb.Attribute(attribute)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
