using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using Concierge.Simulation.Scenarios;
using Concierge.WebSockets;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// The carrier over real sockets: asks the node's webhook for TwiML as the vendor does, dials the stream in it with the vendor's headers, and runs the
/// scenario's callee on it.
/// </summary>
public sealed class TwilioTwinCaller
{
    private readonly Scenario _scenario;
    private readonly TwilioTwinCallerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates a caller.</summary>
    /// <param name="scenario">What the callee does.</param>
    /// <param name="options">Identity and behaviour; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public TwilioTwinCaller(Scenario scenario, TwilioTwinCallerOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        _scenario = scenario;
        _options = options ?? new TwilioTwinCallerOptions();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Called with the stream before it opens, to watch it.</summary>
    public Action<TwilioTwinStream>? StreamStarting { get; set; }

    /// <summary>Places one call and stays until it has ended.</summary>
    /// <param name="webhook">The node's TwiML address, as <c>http://127.0.0.1:5050/twiml?call_id=...</c>.</param>
    /// <param name="ct">Ends the call at once.</param>
    /// <returns>What happened. Failures of the far end are recorded with the vendor's codes, not thrown.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the stream was open.</exception>
    public async Task<TwilioTwinCall> CallAsync(Uri webhook, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        TwilioTwinOptions stream = _options.Stream with
        {
            AccountSid = _options.Stream.AccountSid ?? TwilioSid.Make("AC", _scenario.Seed),
            CallSid = _options.Stream.CallSid ?? TwilioSid.Make("CA", _scenario.Seed),
        };
        TwilioTwinCall call = await FetchAsync(webhook, stream, ct);
        if (call.ErrorCode is not null || call.StreamUrl is null)
        {
            return call;
        }

        await Task.Delay(_options.StreamDelay, _time, ct);
        return await StreamAsync(call, webhook, stream, ct);
    }

    private async Task<TwilioTwinCall> FetchAsync(Uri webhook, TwilioTwinOptions stream, CancellationToken ct)
    {
        List<KeyValuePair<string, string>> form = Form(stream);
        using var client = new HttpClient(new SocketsHttpHandler { MaxAutomaticRedirections = 10 }) { Timeout = _options.WebhookTimeout };
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook) { Content = new FormUrlEncodedContent(form) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded", "utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "TwilioProxy/1.1");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("I-Twilio-Idempotency-Token", TwilioSid.Make("RE", _scenario.Seed));
        if (_options.AuthToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("X-Twilio-Signature", TwilioSignature.Sign(token, Public(webhook), form));
        }

        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, ct);
            string body = await response.Content.ReadAsStringAsync(ct);
            var call = new TwilioTwinCall { WebhookStatus = (int)response.StatusCode, Twiml = body };
            if (!response.IsSuccessStatusCode)
            {
                return call with { ErrorCode = 11200, Error = $"The webhook answered {(int)response.StatusCode}." };
            }

            string type = response.Content.Headers.ContentType?.MediaType ?? "";
            return type is "text/xml" or "application/xml" or "text/html"
                ? ReadTwiml(call)
                : call with { ErrorCode = 12300, Error = $"Content type '{type}' is not taken as TwiML." };
        }
        catch (HttpRequestException e)
        {
            return new TwilioTwinCall { ErrorCode = 11205, Error = "The webhook could not be reached: " + e.Message };
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return new TwilioTwinCall { ErrorCode = 11205, Error = $"The webhook did not answer within {_options.WebhookTimeout.TotalSeconds:0.#} s." };
        }
    }

    private static TwilioTwinCall ReadTwiml(TwilioTwinCall call)
    {
        if (call.Twiml.Length > 64 * 1024)
        {
            return call with { ErrorCode = 11750, Error = "The TwiML is larger than 64 kB." };
        }

        XElement root;
        try
        {
            root = XDocument.Parse(call.Twiml).Root!;
        }
        catch (XmlException e)
        {
            return call with { ErrorCode = 12100, Error = "The TwiML cannot be parsed: " + e.Message };
        }

        if (root.Name.LocalName != "Response")
        {
            return call with { ErrorCode = 12100, Error = $"The TwiML's root is '{root.Name.LocalName}', not 'Response'." };
        }

        // What comes before the stream (Say, Pause, Play) the twin takes as said.
        XElement? connect = root.Elements().FirstOrDefault(e => e.Name.LocalName is "Connect" or "Reject" or "Hangup" or "Redirect" or "Dial");
        if (connect?.Element("Stream") is not { } stream)
        {
            return call with { NextVerb = connect?.Name.LocalName };
        }

        string? address = stream.Attribute("url")?.Value;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url))
        {
            return call with { ErrorCode = 31923, Error = $"The stream's url '{address}' is malformed." };
        }

        // wss only; the twin also takes ws on the loopback interface, where there is nobody to hide from.
        if (url.Scheme != "wss" && !(url.Scheme == "ws" && url.IsLoopback))
        {
            return call with { StreamUrl = url, ErrorCode = 31922, Error = $"The stream's scheme '{url.Scheme}' is not supported." };
        }

        if (stream.Attribute("track") is { Value: not "inbound_track" } track)
        {
            return call with { StreamUrl = url, ErrorCode = 31941, Error = $"Track '{track.Value}' is not valid inside Connect." };
        }

        return call with { StreamUrl = url, NextVerb = connect.ElementsAfterSelf().FirstOrDefault()?.Name.LocalName };
    }

    private async Task<TwilioTwinCall> StreamAsync(TwilioTwinCall call, Uri webhook, TwilioTwinOptions options, CancellationToken ct)
    {
        var parameters = XDocument.Parse(call.Twiml).Descendants("Stream").First().Elements("Parameter")
            .ToDictionary(p => p.Attribute("name")?.Value ?? "", p => p.Attribute("value")?.Value ?? "");

        // A query is not supported on a stream's url: the carrier strips it.
        Uri url = new UriBuilder(call.StreamUrl!) { Query = "" }.Uri;
        var headers = new List<KeyValuePair<string, string>>
        {
            new("User-Agent", "Twilio.TmeWs/1.0"),
            new("Accept-Encoding", "gzip"),
        };
        if (_options.AuthToken is { } token)
        {
            headers.Add(new("X-Twilio-Signature", TwilioSignature.Sign(token, Unported(url))));
        }

        try
        {
            var connector = new WebSocketClientConnector(new WebSocketConnectorOptions { TimeProvider = _time });
            await using WebSocketTransport transport = await connector.ConnectAsync(new WebSocketClientRequest(Reachable(url, webhook)) { Headers = headers }, ct);
            var stream = new TwilioTwinStream(transport, _scenario, _time, options with { CustomParameters = parameters }) { Abort = transport.Abort };
            StreamStarting?.Invoke(stream);
            return call with { Stream = await stream.RunAsync(ct) };
        }
        catch (WebSocketConnectException e)
        {
            int code = e.Error switch
            {
                _ when e.StatusCode > 0 => 31920,
                WebSocketConnectError.ConnectTimeout or WebSocketConnectError.HandshakeTimeout => 31901,
                WebSocketConnectError.ConnectFailed or WebSocketConnectError.NameNotResolved => 31902,
                WebSocketConnectError.TlsFailed => 31910,
                _ => 31920,
            };
            return call with { ErrorCode = code, Error = e.Message, UpgradeStatus = e.StatusCode > 0 ? e.StatusCode : null };
        }
    }

    private List<KeyValuePair<string, string>> Form(TwilioTwinOptions stream)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CallSid"] = stream.CallSid!,
            ["AccountSid"] = stream.AccountSid!,
            ["From"] = _options.From,
            ["To"] = _options.To,
            ["Caller"] = _options.From,
            ["Called"] = _options.To,
            ["CallStatus"] = _options.Direction == "inbound" ? "ringing" : "in-progress",
            ["Direction"] = _options.Direction,
            ["ApiVersion"] = "2010-04-01",
            ["FromCountry"] = "US",
            ["FromState"] = "",
            ["FromCity"] = "",
            ["FromZip"] = "",
            ["ToCountry"] = "US",
            ["ToState"] = "",
            ["ToCity"] = "",
            ["ToZip"] = "",
        };
        foreach ((string name, string value) in _options.FormFields)
        {
            fields[name] = value;
        }

        return [.. fields];
    }

    // The node's public name leads to where the webhook was called.
    private Uri Reachable(Uri url, Uri webhook) =>
        _options.PublicUrl is { } known && string.Equals(known.Host, url.Host, StringComparison.OrdinalIgnoreCase)
            ? new UriBuilder(url) { Scheme = webhook.Scheme == "https" ? "wss" : "ws", Host = webhook.Host, Port = webhook.Port }.Uri
            : url;

    private string Public(Uri webhook) =>
        _options.PublicUrl is { } known ? Unported(new Uri(known, webhook.PathAndQuery)) : webhook.AbsoluteUri;

    // The vendor signs without the port of a secure scheme (PROTOCOL A.9, 2).
    private static string Unported(Uri url) =>
        url.Scheme is "https" or "wss" ? new UriBuilder(url) { Port = -1 }.Uri.AbsoluteUri : url.AbsoluteUri;
}
