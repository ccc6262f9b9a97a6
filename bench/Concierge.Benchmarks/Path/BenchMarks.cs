using System.Buffers.Text;
using System.Text;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>The marks of a call as the carrier returns them, their names known beforehand: one for each 200 ms, and no clear in between.</summary>
internal sealed class BenchMarks
{
    private readonly byte[] _frame = new byte[256];
    private readonly byte[] _head = Encoding.ASCII.GetBytes($"{{\"event\":\"mark\",\"sequenceNumber\":\"3\",\"streamSid\":\"{PathFrames.StreamSid}\",\"mark\":{{\"name\":\"0.");
    private int _returned;

    /// <summary>The next one, as a masked frame; valid until the one after.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        const uint Key = 0x0102_0304;
        Span<byte> payload = stackalloc byte[160];
        _head.CopyTo(payload);
        Utf8Formatter.TryFormat(_returned++, payload[_head.Length..], out int digits);
        "\"}}"u8.CopyTo(payload[(_head.Length + digits)..]);
        payload = payload[..(_head.Length + digits + 3)];
        int header = WebSocketFrameFormatter.WriteHeader(_frame, WebSocketOpcode.Text, fin: true, payload.Length, masked: true, Key);
        WebSocketMask.Apply(payload, _frame.AsSpan(header), Key);
        return _frame.AsMemory(0, header + payload.Length);
    }
}
