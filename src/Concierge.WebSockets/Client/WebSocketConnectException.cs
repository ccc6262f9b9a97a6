namespace Concierge.WebSockets;

/// <summary>A connection attempt failed. The message names the far end by host and port only, never by path, query or fields.</summary>
public sealed class WebSocketConnectException : Exception
{
    internal WebSocketConnectException(WebSocketConnectError error, string message, Exception? inner = null)
        : base(message, inner)
    {
        Error = error;
    }

    internal WebSocketConnectException(WebSocketHandshakeError handshakeError, HttpHead? response, string body, string message)
        : base(message)
    {
        Error = handshakeError == WebSocketHandshakeError.EndedEarly ? WebSocketConnectError.ConnectionLost : WebSocketConnectError.UpgradeRefused;
        HandshakeError = handshakeError;
        Response = response;
        ResponseBody = body;
        StatusCode = response is null ? 0 : int.Parse(response.Second, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The kind of failure.</summary>
    public WebSocketConnectError Error { get; }

    /// <summary>What was wrong with the response, when <see cref="Error"/> is UpgradeRefused.</summary>
    public WebSocketHandshakeError HandshakeError { get; }

    /// <summary>The HTTP status of the response; 0 when there was none.</summary>
    public int StatusCode { get; }

    /// <summary>The head of the response (Retry-After, for example), when there was one.</summary>
    public HttpHead? Response { get; }

    /// <summary>The start of the response's body as text, up to <see cref="WebSocketConnectorOptions.MaxErrorBody"/> octets; empty when there was none.</summary>
    public string ResponseBody { get; } = "";
}
