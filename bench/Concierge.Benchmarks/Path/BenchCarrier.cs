using System.Diagnostics;
using Concierge.Pipelines.Playback;
using Concierge.Protocols.MediaStreams;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>The carrier's end of the agent's path: writes as the carrier's leg does, and returns every mark at once when asked.</summary>
internal sealed class BenchCarrier(WebSocketWriter writer, byte[] streamSid) : ICarrierOutput, IPlaybackListener
{
    private readonly MediaHead _head = new(streamSid);
    private readonly byte[] _name = new byte[MarkName.MaxLength];
    private int _nameLength;

    public bool TryWriteMedia(ReadOnlySpan<byte> muLaw) =>
        writer.TryAppend(WebSocketOpcode.Text, new MediaPayload(new MediaMessage(_head, muLaw)), WebSocketLane.Media) == WebSocketAppendResult.Accepted;

    public bool TryWriteMark(MarkName name)
    {
        _nameLength = name.Format(_name);
        return writer.TryAppend(WebSocketOpcode.Text, new MarkPayload(new MarkMessage(streamSid, _name.AsSpan(0, _nameLength))), WebSocketLane.Media) == WebSocketAppendResult.Accepted;
    }

    public void WriteClear()
    {
    }

    public void Flush() => writer.Flush();

    public void OnItemStarted(PlaybackItem item, TimeSpan at)
    {
    }

    public void OnItemPlayed(PlaybackItem item, TimeSpan at)
    {
    }

    public void OnItemHeard(PlaybackItem item, TimeSpan duration)
    {
    }

    public void OnIdle()
    {
    }

    /// <summary>The caller has heard what was sent: the mark comes back.</summary>
    public void ReturnMark(PlaybackLedger ledger)
    {
        if (_nameLength > 0)
        {
            int length = _nameLength;
            _nameLength = 0;
            ledger.Acknowledge(_name.AsSpan(0, length));
        }
    }

    private readonly ref struct MediaPayload(MediaMessage message) : IWebSocketPayload
    {
        private readonly MediaMessage _message = message;

        public int Length => _message.Length;

        public void Write(Span<byte> destination, uint maskKey)
        {
            Debug.Assert(maskKey == 0, "a server does not mask (RFC 6455 §5.1)");
            _message.Write(destination);
        }
    }

    private readonly ref struct MarkPayload(MarkMessage message) : IWebSocketPayload
    {
        private readonly MarkMessage _message = message;

        public int Length => _message.Length;

        public void Write(Span<byte> destination, uint maskKey)
        {
            Debug.Assert(maskKey == 0, "a server does not mask (RFC 6455 §5.1)");
            _message.Write(destination);
        }
    }
}
