using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Concierge.WebSockets;

/// <summary>The opening handshake (RFC 6455 §4) as pure functions: keys, request and response text, and the checks of the client's side.</summary>
public static class WebSocketHandshake
{
    /// <summary>Characters of a Sec-WebSocket-Key: 16 octets in base64.</summary>
    public const int KeyLength = 24;

    /// <summary>Characters of a Sec-WebSocket-Accept: 20 octets in base64.</summary>
    public const int AcceptLength = 28;

    /// <summary>The only version there is (§4.1).</summary>
    public const string Version = "13";

    /// <summary>A fresh key from the system's cryptographic source (§4.1, 7).</summary>
    public static string CreateKey()
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        return Convert.ToBase64String(nonce);
    }

    /// <summary>Whether a key is base64 of exactly 16 octets (§4.2.1, 5).</summary>
    public static bool IsValidKey(string? key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key is { Length: KeyLength } && Convert.TryFromBase64String(key, nonce, out int written) && written == 16 &&
            !key.AsSpan().ContainsAny(" \t\r\n");
    }

    /// <summary>The Sec-WebSocket-Accept of a key (§4.2.2, 5.4).</summary>
    /// <param name="key">The key as it came, of <see cref="KeyLength"/> characters.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static string ComputeAccept(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"A Sec-WebSocket-Key has {KeyLength} characters.", nameof(key));
        }

        ReadOnlySpan<byte> guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> text = stackalloc byte[KeyLength + 36];
        Encoding.Latin1.GetBytes(key, text);
        guid.CopyTo(text[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is the protocol's own: it authenticates nothing here.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>Formats the client's request (§4.1). No extension is offered.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="request">Address, fields and subprotocols.</param>
    /// <param name="key">The key of this attempt.</param>
    /// <exception cref="ArgumentException">A field's name is not a token, is one of the handshake's own, or its value could end its line.</exception>
    public static void FormatRequest(IBufferWriter<byte> output, WebSocketClientRequest request, string key)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(request);
        StringBuilder text = new(512);
        text.Append("GET ").Append(request.Uri.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(request.HostField)
            .Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ").Append(key)
            .Append("\r\nSec-WebSocket-Version: ").Append(Version).Append("\r\n");
        if (request.Subprotocols.Count > 0)
        {
            AppendField(text, "Sec-WebSocket-Protocol", string.Join(", ", request.Subprotocols));
        }

        foreach (KeyValuePair<string, string> field in request.Headers)
        {
            if (IsReserved(field.Key))
            {
                throw new ArgumentException($"The field {field.Key} belongs to the handshake itself.", nameof(request));
            }

            AppendField(text, field.Key, field.Value);
        }

        text.Append("\r\n");
        output.Write(Encoding.Latin1.GetBytes(text.ToString()));
    }

    /// <summary>Checks a response head against the request (§4.1).</summary>
    /// <param name="response">The head.</param>
    /// <param name="key">The key that was sent.</param>
    /// <param name="offered">The subprotocols that were offered.</param>
    /// <param name="subprotocol">The one the server chose, or null.</param>
    public static WebSocketHandshakeError CheckResponse(HttpHead response, string key, IReadOnlyList<string> offered, out string? subprotocol)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(offered);
        subprotocol = null;
        if (response.Second != "101")
        {
            return response.Second[0] == '3' ? WebSocketHandshakeError.Redirected : WebSocketHandshakeError.UnexpectedStatus;
        }

        if (!HttpHead.HasToken(response.Find("Upgrade"), "websocket"))
        {
            return WebSocketHandshakeError.UpgradeMissing;
        }

        if (!HttpHead.HasToken(response.Find("Connection"), "Upgrade"))
        {
            return WebSocketHandshakeError.ConnectionMissing;
        }

        if (response.CountOf("Sec-WebSocket-Accept") != 1 || response.Find("Sec-WebSocket-Accept") != ComputeAccept(key))
        {
            return WebSocketHandshakeError.AcceptMismatch;
        }

        if (response.Find("Sec-WebSocket-Extensions") is { Length: > 0 })
        {
            return WebSocketHandshakeError.ExtensionNotOffered;
        }

        string? chosen = response.Find("Sec-WebSocket-Protocol");
        if (chosen is null)
        {
            return WebSocketHandshakeError.None;
        }

        foreach (string name in offered)
        {
            if (name == chosen)
            {
                subprotocol = chosen;
                return WebSocketHandshakeError.None;
            }
        }

        return WebSocketHandshakeError.SubprotocolNotOffered;
    }

    /// <summary>Formats the server's answer to an upgrade request: 101 when it was accepted, otherwise the status with a short text body and Connection: close.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="decision">The decision of <see cref="WebSocketServerUpgrade"/>.</param>
    public static void FormatResponse(IBufferWriter<byte> output, in WebSocketUpgradeDecision decision)
    {
        ArgumentNullException.ThrowIfNull(output);
        StringBuilder text = new(256);
        if (decision.IsAccepted)
        {
            text.Append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ").Append(decision.Accept).Append("\r\n");
            if (decision.Subprotocol is not null)
            {
                text.Append("Sec-WebSocket-Protocol: ").Append(decision.Subprotocol).Append("\r\n");
            }

            text.Append("\r\n");
        }
        else
        {
            string body = decision.Describe();
            text.Append("HTTP/1.1 ").Append(decision.StatusCode).Append(' ').Append(decision.ReasonPhrase).Append("\r\n");
            if (decision.FieldName is not null)
            {
                text.Append(decision.FieldName).Append(": ").Append(decision.FieldValue).Append("\r\n");
            }

            text.Append("Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ").Append(body.Length).Append("\r\n\r\n").Append(body);
        }

        output.Write(Encoding.Latin1.GetBytes(text.ToString()));
    }

    internal static void AppendField(StringBuilder text, string name, string value)
    {
        if (!IsToken(name) || value.AsSpan().ContainsAny("\r\n\0"))
        {
            throw new ArgumentException($"The field {name} cannot be sent: its name is not a token or its value holds a line end.");
        }

        text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    internal static bool IsToken(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static bool IsReserved(string name) =>
        name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Host", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ||
        name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
