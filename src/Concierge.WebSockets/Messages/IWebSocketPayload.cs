namespace Concierge.WebSockets;

/// <summary>A message that formats itself straight into the output buffer.</summary>
/// <remarks>Implemented by small structs (ref structs may): the writer calls it under its lock, so it must neither block nor call back.</remarks>
public interface IWebSocketPayload
{
    /// <summary>Octets of the payload; the same for every call on one value.</summary>
    int Length { get; }

    /// <summary>Writes the payload as it goes to the wire: masked, so that a payload that copies anyway masks on the way.</summary>
    /// <param name="destination">Exactly <see cref="Length"/> octets, of unspecified content; all of them must be written.</param>
    /// <param name="maskKey">The key for the first octet in its lowest byte, to be applied as <see cref="WebSocketMask"/> does; 0, which changes nothing, where this end does not mask.</param>
    void Write(Span<byte> destination, uint maskKey);
}
