using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>The one writer of a connection: any thread appends whole messages, whoever flushes first flushes for all.</summary>
/// <remarks>
/// <para>
/// Appending is synchronous under a short lock and never waits. While no flush is in flight a message is formatted straight into the pipe's buffer; while one is, it
/// waits in its lane's bounded queue, and pending control overtakes pending media. Nothing is allocated per message once the pools are warm.
/// </para>
/// <para>
/// No foreign code runs under the lock except <see cref="IWebSocketPayload"/>. The continuation of a flush runs where the pipe runs it: inline on a socket's thread, or
/// on the <see cref="SynchronizationContext"/> that was current when the flush began. It may append and flush on the same stack.
/// </para>
/// <para>
/// The writer owns the <see cref="PipeWriter"/> while it lives: nobody else may write to it, and it is completed by its owner only after <see cref="DrainAsync"/> or
/// <see cref="Abort"/>.
/// </para>
/// </remarks>
public sealed partial class WebSocketWriter
{
    private const int MaxControlPayload = 125;
    private const int MaxPendingPongs = 32;

    private readonly WriterGate _gate = new();
    private readonly PipeWriter _output;
    private readonly bool _masked;
    private readonly int _controlBudget;
    private readonly int _mediaBudget;
    private readonly int _flushChunk;
    private readonly bool _dropOldest;

    private FrameQueue _control;
    private FrameQueue _media;

    // Octets in the pipe's buffer and not yet handed over by a completed flush.
    private int _direct;

    // Messages ever taken, and ever handed over (or dropped), by lane: what a drain waits for.
    private long _controlAccepted;
    private long _mediaAccepted;
    private long _controlHanded;
    private long _mediaHanded;
    private long _dropped;

    private bool _closed;
    private bool _aborted;
    private volatile bool _faulted;

    /// <summary>Creates the writer of one connection.</summary>
    /// <param name="output">The pipe to write to; its pauses are the backpressure.</param>
    /// <param name="role">A client masks what it sends, a server does not.</param>
    /// <param name="options">Bounds; defaults when null.</param>
    public WebSocketWriter(PipeWriter output, WebSocketRole role, WebSocketWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        options ??= WebSocketWriterOptions.Default;
        _output = output;
        _masked = role == WebSocketRole.Client;
        _controlBudget = options.ControlBudget;
        _mediaBudget = options.MediaBudget;
        _flushChunk = options.FlushChunk;
        _dropOldest = options.MediaOverflow == WebSocketOverflow.DropOldest;
        _onFlushed = OnFlushed;
    }

    /// <summary>Adds what appending and flushing a message touches.</summary>
    public void AddTo(WorkingSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        set.Add(this);
        set.Add(_gate);
        (_output as StreamOutput)?.AddTo(set);
    }

    /// <summary>Octets taken and not yet handed to the transport, framing included.</summary>
    public long PendingBytes
    {
        get
        {
            using (_gate.Enter())
            {
                return (long)_direct + _control.Bytes + _media.Bytes;
            }
        }
    }

    /// <summary>Messages dropped since the start: by the media lane's overflow and by <see cref="DiscardPending"/>.</summary>
    public long DroppedMessages => Volatile.Read(ref _dropped);

    /// <summary>Whether the transport failed: nothing is sent any more.</summary>
    public bool IsFaulted => _faulted;

    /// <summary>The transport's exception when it threw one; null when it only went away.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Whether nothing is taken any more: a close frame was appended, the writer was aborted or the transport failed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Appends one message as one frame.</summary>
    /// <param name="opcode">Text, binary, ping or pong.</param>
    /// <param name="payload">The payload, copied; at most 125 octets for ping and pong. Text is taken as UTF-8 unchecked.</param>
    /// <param name="lane">The lane; ping and pong belong to <see cref="WebSocketLane.Control"/>.</param>
    /// <exception cref="ArgumentException">The opcode is close (use <see cref="CloseAsync"/>), continuation or reserved, or a control payload is too long.</exception>
    public WebSocketAppendResult TryAppend(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, WebSocketLane lane = WebSocketLane.Control)
    {
        CheckOpcode(opcode, payload.Length);
        using (_gate.Enter())
        {
            return Append(opcode, payload, lane);
        }
    }

    /// <summary>Appends one message as one frame and starts a flush if none is in flight: <see cref="TryAppend(WebSocketOpcode, ReadOnlySpan{byte}, WebSocketLane)"/> and
    /// <see cref="Flush"/> at the price of one, for a message that goes alone.</summary>
    /// <param name="opcode">Text, binary, ping or pong.</param>
    /// <param name="payload">The payload, copied; at most 125 octets for ping and pong. Text is taken as UTF-8 unchecked.</param>
    /// <param name="lane">The lane; ping and pong belong to <see cref="WebSocketLane.Control"/>.</param>
    /// <exception cref="ArgumentException">As <see cref="TryAppend(WebSocketOpcode, ReadOnlySpan{byte}, WebSocketLane)"/>.</exception>
    public WebSocketAppendResult TrySend(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, WebSocketLane lane = WebSocketLane.Control)
    {
        CheckOpcode(opcode, payload.Length);
        WebSocketAppendResult result;
        bool flush;
        using (_gate.Enter())
        {
            result = Append(opcode, payload, lane);
            flush = BeginFlush();
        }

        if (flush)
        {
            RunFlushes(null);
        }

        return result;
    }

    /// <summary>Appends one message that formats itself straight into the output buffer.</summary>
    /// <param name="opcode">Text, binary, ping or pong.</param>
    /// <param name="payload">The message; called under the writer's lock. When it throws, nothing was appended.</param>
    /// <param name="lane">The lane.</param>
    /// <exception cref="ArgumentException">As <see cref="TryAppend(WebSocketOpcode, ReadOnlySpan{byte}, WebSocketLane)"/>.</exception>
    public WebSocketAppendResult TryAppend<TPayload>(WebSocketOpcode opcode, scoped in TPayload payload, WebSocketLane lane)
        where TPayload : struct, IWebSocketPayload, allows ref struct
    {
        int length = payload.Length;
        CheckOpcode(opcode, length);
        using (_gate.Enter())
        {
            WebSocketAppendResult result = Reserve(opcode, length, lane, out Reservation reservation, out Span<byte> body);
            if (result is WebSocketAppendResult.Full or WebSocketAppendResult.Closed)
            {
                return result;
            }

            payload.Write(body, reservation.MaskKey);
            Commit(in reservation);
            return result;
        }
    }

    /// <summary>Drops what waits in a lane's queue and has not been handed to the pipe: at a barge-in, the audio that nobody should hear any more.</summary>
    /// <returns>Messages dropped.</returns>
    public int DiscardPending(WebSocketLane lane)
    {
        using (_gate.Enter())
        {
            int dropped = lane == WebSocketLane.Control ? _control.Clear() : _media.Clear();
            _dropped += dropped;
            return dropped;
        }
    }

    /// <summary>Answers a ping (RFC 6455 §5.5.3). Beyond 32 unsent answers only the newest is kept, so a flood of pings grows nothing.</summary>
    internal void AppendPong(ReadOnlySpan<byte> payload)
    {
        using (_gate.Enter())
        {
            if (_closed)
            {
                return;
            }

            if (_pongsUnsent >= MaxPendingPongs)
            {
                _latePong ??= new byte[MaxControlPayload];
                payload.CopyTo(_latePong);
                _latePongLength = payload.Length;
                return;
            }

            _pongsUnsent++;
            AppendReserved(WebSocketOpcode.Pong, payload, direct: !_flushing && _control.Count == 0);
        }
    }

    /// <summary>Stops: pending messages are dropped, nothing is taken any more, waiting drains end. A flush in flight is left to the transport.</summary>
    public void Abort()
    {
        DrainWaiter? ready;
        using (_gate.Enter())
        {
            _aborted = true;
            Shut();
            ready = TakeReadyWaiters(all: true);
        }

        Complete(ready);
    }

    private WebSocketAppendResult Append(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, WebSocketLane lane)
    {
        WebSocketAppendResult result = Reserve(opcode, payload.Length, lane, out Reservation reservation, out Span<byte> body);
        if (result is WebSocketAppendResult.Full or WebSocketAppendResult.Closed)
        {
            return result;
        }

        if (_masked)
        {
            WebSocketMask.Apply(payload, body, reservation.MaskKey);
        }
        else
        {
            payload.CopyTo(body);
        }

        Commit(in reservation);
        return result;
    }

    private static void CheckOpcode(WebSocketOpcode opcode, int length)
    {
        if (opcode is not (WebSocketOpcode.Text or WebSocketOpcode.Binary) &&
            (opcode is not (WebSocketOpcode.Ping or WebSocketOpcode.Pong) || length > MaxControlPayload))
        {
            ThrowBadOpcode(opcode);
        }
    }

    private static void ThrowBadOpcode(WebSocketOpcode opcode) => throw new ArgumentException(
        $"{opcode} cannot be appended: only text and binary messages, and pings and pongs of at most 125 octets (RFC 6455 §5.5); a close is sent by CloseAsync.",
        nameof(opcode));

    /// <summary>Finds room for a frame and writes its header. On Accepted or DroppedOldest the body must be filled and committed under the same lock.</summary>
    private WebSocketAppendResult Reserve(WebSocketOpcode opcode, int length, WebSocketLane lane, out Reservation reservation, out Span<byte> body)
    {
        reservation = default;
        body = default;
        if (_closed)
        {
            return WebSocketAppendResult.Closed;
        }

        bool media = lane == WebSocketLane.Media;
        ref FrameQueue queue = ref media ? ref _media : ref _control;
        int budget = media ? _mediaBudget : _controlBudget;
        int header = WebSocketFrameFormatter.HeaderLength(length, _masked);
        if (length > budget - header)
        {
            return WebSocketAppendResult.Full;
        }

        int total = header + length;
        WebSocketAppendResult result = WebSocketAppendResult.Accepted;
        bool direct = !_flushing && queue.Count == 0 && (_direct == 0 || _direct + total <= _flushChunk);
        Span<byte> frame;
        if (direct)
        {
            if (!TryGetOutput(total, out frame))
            {
                return WebSocketAppendResult.Closed;
            }
        }
        else
        {
            while (queue.Bytes + total > budget)
            {
                if (!media || !_dropOldest)
                {
                    return WebSocketAppendResult.Full;
                }

                queue.DropOldest();
                _dropped++;
                result = WebSocketAppendResult.DroppedOldest;
            }

            frame = queue.Reserve(total);
        }

        uint key = _masked ? WebSocketMaskSource.Next() : 0;
        WebSocketFrameFormatter.WriteHeader(frame, opcode, fin: true, length, _masked, key);
        body = frame.Slice(header, length);
        reservation = new Reservation(total, key, direct, media);
        return result;
    }

    private void Commit(in Reservation reservation)
    {
        if (reservation.IsDirect)
        {
            _output.Advance(reservation.Length);
            _direct += reservation.Length;
        }
        else if (reservation.IsMedia)
        {
            _media.Commit(reservation.Length);
        }
        else
        {
            _control.Commit(reservation.Length);
        }

        if (reservation.IsMedia)
        {
            _mediaAccepted++;
        }
        else
        {
            _controlAccepted++;
        }
    }

    /// <summary>A frame of the protocol's own (pong, close), which always fits: at most 131 octets, and bounded in number by its callers.</summary>
    private void AppendReserved(WebSocketOpcode opcode, scoped ReadOnlySpan<byte> payload, bool direct)
    {
        int header = WebSocketFrameFormatter.HeaderLength(payload.Length, _masked);
        int total = header + payload.Length;
        Span<byte> frame;
        if (!direct)
        {
            frame = _control.Reserve(total);
        }
        else if (!TryGetOutput(total, out frame))
        {
            return;
        }

        uint key = _masked ? WebSocketMaskSource.Next() : 0;
        WebSocketFrameFormatter.WriteHeader(frame, opcode, fin: true, payload.Length, _masked, key);
        if (_masked)
        {
            WebSocketMask.Apply(payload, frame[header..], key);
        }
        else
        {
            payload.CopyTo(frame[header..]);
        }

        if (direct)
        {
            _output.Advance(total);
            _direct += total;
        }
        else
        {
            _control.Commit(total);
        }
    }

    private bool TryGetOutput(int length, out Span<byte> frame)
    {
        try
        {
            frame = _output.GetSpan(length);
            return true;
        }
        catch (InvalidOperationException exception)
        {
            // The pipe was completed under us: its owner tore the connection down.
            frame = default;
            SetFault(exception);
            return false;
        }
    }

    private void SetFault(Exception? exception)
    {
        if (!_faulted)
        {
            Fault = exception;
            _faulted = true;
        }

        Shut();
    }

    private void Shut()
    {
        Volatile.Write(ref _closed, true);
        _closePending = false;
        _latePongLength = -1;
        _dropped += _control.Clear() + _media.Clear();
    }

    /// <summary>Where a frame goes, between finding room for it and filling it.</summary>
    private readonly struct Reservation(int length, uint maskKey, bool isDirect, bool isMedia)
    {
        public readonly int Length = length;
        public readonly uint MaskKey = maskKey;
        public readonly bool IsDirect = isDirect;
        public readonly bool IsMedia = isMedia;
    }
}
