using System.IO.Pipelines;
using Concierge.Simulation.Twilio;
using Concierge.WebSockets;

namespace Concierge.Simulation.Exchange;

/// <summary>Opens media streams as the vendor does: its headers, no query, signed over the wss form (PROTOCOL A.1, A.9).</summary>
internal sealed class StreamDialer(TwilioExchangeOptions options, TimeProvider time)
{
    private readonly WebSocketClientConnector _connector = new(new WebSocketConnectorOptions { TimeProvider = time });

    /// <returns>The line, or the vendor's code and what happened.</returns>
    public async Task<(IDuplexPipe? Line, int Code, string Error)> DialAsync(Uri address, CancellationToken ct)
    {
        // A query is not supported on a stream's url: the carrier strips it.
        Uri url = new UriBuilder(address) { Query = "", Fragment = "" }.Uri;
        var request = new WebSocketClientRequest(WebhookClient.Reachable(options, url))
        {
            Headers =
            [
                new("User-Agent", "Twilio.TmeWs/1.0"),
                new("Accept-Encoding", "gzip"),
                new("X-Twilio-Signature", TwilioSignature.Sign(options.AuthToken, WebhookClient.Unported(url))),
            ],
        };
        try
        {
            return (options.DialStream is { } dial ? await dial(request, ct) : await _connector.ConnectAsync(request, ct), 0, "");
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
            return (null, code, e.Message);
        }
    }
}
