namespace Concierge.WebSockets;

/// <summary>A message that formats itself straight into the output buffer.</summary>
/// <remarks>Implemented by small structs (ref structs may): the writer calls it under its lock, so it must neither block nor call back.</remarks>
public interface IWebSocketPayload
{
    /// <summary>Octets of the payload; the same for every call on one value.</summary>
    int Length { get; }

    /// <summary>Writes the payload.</summary>
    /// <param name="destination">Exactly <see cref="Length"/> octets, of unspecified content; all of them must be written.</param>
    void Write(Span<byte> destination);
}
