using System.Buffers;
using System.Globalization;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The upgrade of a caller's connection, on its own socket.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="settled">Told once: the HTTP status, 101 when the connection is open, 0 when there was none; and then why.</param>
internal sealed class LoadDial(WebSocketClientRequest request, Action<int, string?> settled) : ILoadReceiver
{
    private const int LongestHead = 16 * 1024;

    private readonly string _key = WebSocketHandshake.CreateKey();
    private bool _settled;

    /// <summary>Sends the request.</summary>
    public void Ask(ILoadWire wire)
    {
        ArrayBufferWriter<byte> head = new();
        WebSocketHandshake.FormatRequest(head, request, _key);
        wire.Send(head.WrittenSpan);
    }

    /// <inheritdoc/>
    public int OnOctets(Span<byte> octets)
    {
        if (_settled)
        {
            return octets.Length; // a refusal's body
        }

        OperationStatus status = HttpHeadParser.Parse(octets, LongestHead, isResponse: true, out HttpHead? head, out int consumed, out WebSocketHandshakeError error);
        if (status == OperationStatus.NeedMoreData)
        {
            return 0;
        }

        error = head is null ? error : WebSocketHandshake.CheckResponse(head, _key, request.Subprotocols, out _);
        _settled = true;
        if (head is null || error == WebSocketHandshakeError.None)
        {
            settled(head is null ? 0 : 101, head is null ? $"The bridge's answer is not HTTP: {error}." : null);
            return consumed;
        }

        bool isStatus = int.TryParse(head.Second, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code != 101;
        settled(isStatus ? code : 0, $"The bridge did not upgrade to a WebSocket: {error}.");
        return consumed;
    }

    /// <inheritdoc/>
    public void OnEnded(Exception? failure)
    {
        if (!_settled)
        {
            _settled = true;
            settled(0, failure?.Message ?? "The bridge closed the connection instead of answering.");
        }
    }
}
