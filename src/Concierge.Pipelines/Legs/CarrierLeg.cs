using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Concierge.Pipelines.Playback;
using Concierge.Protocols.MediaStreams;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// The carrier's side of a call: reads Twilio Media Streams messages, forwards the caller's audio, returns marks to the ledger, and writes
/// what the ledger lets out.
/// </summary>
internal sealed class CarrierLeg : ICarrierOutput
{
    private readonly CallSessionOptions _options;
    private readonly SessionClock _clock;
    private readonly CallCounters _counters;
    private readonly CallEnding _ending;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly WebSocketKeepAlive _keepAlive;
    private byte[] _streamSid = [];
    private MediaHead _mediaHead = new([]);
    private TimeSpan _nextPing;

    public CarrierLeg(IDuplexPipe transport, CallSessionOptions options, SessionClock clock, CallCounters counters, CallEnding ending)
    {
        _options = options;
        _clock = clock;
        _counters = counters;
        _ending = ending;
        Caller = new CallerInlet(options, counters);
        _writer = new WebSocketWriter(transport.Output, WebSocketRole.Server, new WebSocketWriterOptions
        {
            // The ledger's window keeps far less than this outstanding; a carrier that does not read meets Refuse, and the audio waits in the ledger.
            MediaOverflow = WebSocketOverflow.Refuse,
        });
        var limits = new WebSocketLimits { MaxFramePayload = options.MaxCarrierMessage, MaxMessageSize = options.MaxCarrierMessage };
        _reader = new WebSocketReader(transport.Input, WebSocketRole.Server, limits, _writer);
        _keepAlive = new WebSocketKeepAlive(_reader, _writer);
    }

    /// <summary>Where the caller's frames go in.</summary>
    public CallerInlet Caller { get; }

    /// <summary>Time from a wake-up to the hand-over of its frames, per frame (only when loops are measured).</summary>
    public LatencyHistogram FrameTime { get; } = new();

    /// <summary>
    /// Reads up to <c>start</c>. Null when the stream did not begin as it must; the reason is set.
    /// </summary>
    public async ValueTask<StreamStart?> ReadStartAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.StartTimeout, _clock.Provider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            bool connected = false;
            while (true)
            {
                WebSocketReadStatus status = await _reader.ReadAsync(linked.Token);
                if (status != WebSocketReadStatus.Message)
                {
                    EndOnStatus(status);
                    return null;
                }

                MediaStreamsEventType type = PeekType(out string? fault);
                if (type == MediaStreamsEventType.Connected && !connected)
                {
                    connected = true;
                    continue;
                }

                if (type == MediaStreamsEventType.Start && connected)
                {
                    return TakeStart();
                }

                _ending.TryEnd(CallEndReason.CarrierBadMessage, fault ?? $"The stream began with \"{type}\" where \"{(connected ? "start" : "connected")}\" was due.");
                return null;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            _ending.TryEnd(CallEndReason.CarrierStartTimeout, $"No start message within {_options.StartTimeout.TotalSeconds:0.#} s.");
            return null;
        }
    }

    /// <summary>Runs the loop to the stream's end; never throws for what the carrier or the network does.</summary>
    public async Task RunAsync(ModelLeg model, PlaybackLedger ledger, InterruptionGate gate, ICallSignals signals, CancellationToken cancellationToken)
    {
        try
        {
            var pump = new CarrierPump(this, _reader, _streamSid, _options, _clock, _counters, _ending, model, ledger, gate, signals);
            WebSocketReadStatus status = await _reader.PumpAsync(pump, cancellationToken);
            EndOnStatus(status);
            if (status == WebSocketReadStatus.Message)
            {
                await DrainAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session gave up waiting for the carrier's close.
        }
        catch (IOException e)
        {
            _ending.TryEnd(CallEndReason.CarrierDisconnected, e.Message);
        }
        finally
        {
            Caller.Close();
        }
    }

    /// <summary>The call is over: what still comes is read and dropped until the carrier closes too.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _reader.ReadAsync(cancellationToken) == WebSocketReadStatus.Message)
            {
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The carrier does not answer our close; its connection is dropped.
        }
        catch (IOException)
        {
            // The connection is gone, which is what was waited for.
        }
    }

    /// <summary>Time has passed: asks a carrier that sends nothing for a sign of life, and ends the call when none comes. The wheel's thread.</summary>
    public void Tick(TimeSpan now)
    {
        if (_options.CarrierKeepAlive <= TimeSpan.Zero || now < _nextPing)
        {
            return;
        }

        _nextPing = now + _options.CarrierKeepAlive;
        if (!_keepAlive.Tick())
        {
            _ending.TryEnd(CallEndReason.CarrierSilent, "No message and no answer to pings: the carrier's connection is half-open.");
        }
    }

    /// <summary>Sends a close frame behind what is pending.</summary>
    public ValueTask CloseAsync(int code, string reason, CancellationToken cancellationToken) => _writer.CloseAsync(code, reason, cancellationToken);

    void ICarrierOutput.AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_mediaHead, 128);
        set.Add(_counters, CallCounters.OctetsPerFrame);
        _writer.AddTo(set);
    }

    bool ICarrierOutput.TryWriteMedia(ReadOnlySpan<byte> muLaw)
    {
        if (!IsTaken(_writer.TryAppend(WebSocketOpcode.Text, new MediaPayload(new MediaMessage(_mediaHead, muLaw)), WebSocketLane.Media)))
        {
            return false;
        }

        _counters.AgentFrames++;
        return true;
    }

    bool ICarrierOutput.TryWriteMark(MarkName name)
    {
        Span<byte> text = stackalloc byte[MarkName.MaxLength];
        text = text[..name.Format(text)];
        return IsTaken(_writer.TryAppend(WebSocketOpcode.Text, new MarkPayload(new MarkMessage(_streamSid, text)), WebSocketLane.Media));
    }

    void ICarrierOutput.WriteClear()
    {
        _writer.DiscardPending(WebSocketLane.Media);
        _writer.TryAppend(WebSocketOpcode.Text, new ClearPayload(new ClearMessage(_streamSid)), WebSocketLane.Control);
    }

    void ICarrierOutput.Flush() => _writer.Flush();

    private static bool IsTaken(WebSocketAppendResult result) => result is WebSocketAppendResult.Accepted or WebSocketAppendResult.DroppedOldest;

    private MediaStreamsEventType PeekType(out string? fault)
    {
        fault = null;
        if (_reader.Opcode != WebSocketOpcode.Text)
        {
            fault = "The stream began with a binary message.";
            return MediaStreamsEventType.Unknown;
        }

        MediaStreamsError error = MediaStreamsParser.Parse(_reader.Payload, out MediaStreamsEvent message);
        if (error != MediaStreamsError.None)
        {
            fault = $"The stream's first messages could not be read: {error}.";
            return MediaStreamsEventType.Unknown;
        }

        return message.Type;
    }

    private StreamStart? TakeStart()
    {
        MediaStreamsError error = MediaStreamsParser.ParseStart(_reader.Payload, out StreamStart? start);
        if (error != MediaStreamsError.None || start is null)
        {
            _ending.TryEnd(CallEndReason.CarrierBadMessage, $"The start message could not be read: {error}.");
            return null;
        }

        // They go into log lines and into the record: nothing that could be taken for more than a name.
        if (!IsName(start.StreamSid) || !IsName(start.CallSid) || !IsName(start.AccountSid) || !IsName(start.Encoding))
        {
            _ending.TryEnd(CallEndReason.CarrierBadMessage, "The start message has an identifier that is none.");
            return null;
        }

        if (!start.IsMuLaw8k)
        {
            _ending.TryEnd(
                CallEndReason.CarrierUnsupportedFormat,
                $"The stream is {start.Encoding}, {start.SampleRate} Hz, {start.Channels} channel(s); only audio/x-mulaw, 8000 Hz, 1 channel is carried.");
            return null;
        }

        _streamSid = Encoding.UTF8.GetBytes(start.StreamSid);
        _mediaHead = new MediaHead(_streamSid);
        return start;
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private void EndOnStatus(WebSocketReadStatus status)
    {
        switch (status)
        {
            case WebSocketReadStatus.Close:
                _ending.TryEnd(CallEndReason.CarrierClosed, $"Close code {_reader.CloseCode}.");
                break;
            case WebSocketReadStatus.Error:
                _ending.TryEnd(CallEndReason.CarrierProtocolError, $"{_reader.Error}.");
                break;
            case WebSocketReadStatus.EndOfStream:
                _ending.TryEnd(CallEndReason.CarrierDisconnected, "The connection ended without a close frame.");
                break;
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

    private readonly ref struct ClearPayload(ClearMessage message) : IWebSocketPayload
    {
        private readonly ClearMessage _message = message;

        public int Length => _message.Length;

        public void Write(Span<byte> destination, uint maskKey)
        {
            Debug.Assert(maskKey == 0, "a server does not mask (RFC 6455 §5.1)");
            _message.Write(destination);
        }
    }
}
