namespace Concierge.WebSockets;

/// <summary>Finds half-open connections by pings (RFC 6455 §5.5.2): a peer from which no frame comes for several intervals is gone.</summary>
/// <remarks>
/// It owns no timer: whoever drives many connections calls <see cref="Tick"/> for each from one coarse wheel; <see cref="RunAsync"/> is for those with one. Any frame is
/// a sign of life, and a connection that carries frames is never pinged.
/// </remarks>
public sealed class WebSocketKeepAlive
{
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly int _maxMissed;
    private long _seen = -1;
    private int _missed;

    /// <summary>Creates the keep-alive of one connection.</summary>
    /// <param name="reader">Its reader.</param>
    /// <param name="writer">Its writer.</param>
    /// <param name="maxMissed">Pings in a row without any frame after which the peer is gone; at least 1.</param>
    public WebSocketKeepAlive(WebSocketReader reader, WebSocketWriter writer, int maxMissed = 2)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMissed, 1);
        _reader = reader;
        _writer = writer;
        _maxMissed = maxMissed;
    }

    /// <summary>Pings sent since the peer was last heard.</summary>
    public int Missed => _missed;

    /// <summary>To be called once per interval, from one thread at a time.</summary>
    /// <returns>False when the peer is gone: end the connection as <see cref="WebSocketError.PeerSilent"/>.</returns>
    public bool Tick()
    {
        long received = _reader.FramesReceived;
        if (received != _seen)
        {
            _seen = received;
            _missed = 0;
            return true;
        }

        if (_missed >= _maxMissed || _writer.IsFaulted)
        {
            return false;
        }

        _missed++;
        _writer.TrySend(WebSocketOpcode.Ping, []);
        return true;
    }

    /// <summary>Ticks until the peer is gone (then returns) or the token ends it.</summary>
    /// <param name="interval">Between ticks. The peer is gone after at most (maxMissed + 2) intervals of silence.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(TimeSpan interval, TimeProvider timeProvider, CancellationToken ct)
    {
        do
        {
            await Task.Delay(interval, timeProvider, ct);
        }
        while (Tick());
    }
}
