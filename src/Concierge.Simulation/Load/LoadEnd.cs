using System.Buffers;
using System.Security.Cryptography;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>One far end of a call as a WebSocket endpoint: whole frames in, whole frames out, nothing in between.</summary>
/// <remarks>
/// <para>What is read and written fifty times a second is made in one buffer of the thread, so that 2,400 connections do not push each other out of the caches.</para>
/// <para>Runs on one thread: the event loop's, or a test's.</para>
/// </remarks>
/// <param name="role">This end's role.</param>
/// <param name="now">The clock, in nanoseconds.</param>
internal abstract class LoadEnd(WebSocketRole role, Func<long> now) : ILoadReceiver
{
    private const int HeaderRoom = WebSocketFrameParser.MaxHeaderLength;

    // One generator thread, one frame at a time.
    [ThreadStatic]
    private static byte[]? s_frame;

    // A key of its own for each connection, the same for all its frames: nobody between the two has to be kept from guessing it (RFC 6455 §10.3).
    private readonly uint _maskKey = role == WebSocketRole.Client ? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) : 0;

    private ArrayBufferWriter<byte>? _fragments;
    private bool _fragmented;
    private bool _closeSent;

    /// <summary>What carries it; none before it is connected.</summary>
    public ILoadWire? Wire { get; set; }

    /// <summary>Whether the connection has ended, or both sides have said so.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The close code that the bridge ended with; 0 while it has not.</summary>
    public int CloseCode { get; private set; }

    /// <summary>Messages that no such far end would understand.</summary>
    public long Unreadable { get; protected set; }

    /// <summary>Why the connection failed; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Told when it is over.</summary>
    public Action<LoadEnd>? Ended { get; set; }

    /// <summary>When the octets at hand arrived.</summary>
    protected long Arrived { get; private set; }

    /// <summary>Room for one message that is sent now; see <see cref="SendBuilt"/>.</summary>
    protected static Span<byte> Message => (s_frame ??= new byte[HeaderRoom + (32 * 1024)]).AsSpan(HeaderRoom);

    /// <inheritdoc/>
    public int OnOctets(Span<byte> octets)
    {
        Arrived = now();
        int used = 0;
        while (used < octets.Length && !IsOver)
        {
            Span<byte> rest = octets[used..];
            OperationStatus status = WebSocketFrameParser.Parse(rest, role, _fragmented, int.MaxValue, int.MaxValue, out WebSocketFrameHeader header, out WebSocketError error);
            if (status == OperationStatus.InvalidData)
            {
                throw new InvalidDataException($"The bridge sent a frame that breaks the protocol: {error}.");
            }

            if (status != OperationStatus.Done || header.PayloadLength > rest.Length - header.HeaderLength)
            {
                break;
            }

            Span<byte> payload = rest.Slice(header.HeaderLength, (int)header.PayloadLength);
            used += header.HeaderLength + payload.Length;
            if (header.IsMasked)
            {
                WebSocketMask.Apply(payload, header.MaskKey);
            }

            OnFrame(in header, payload);
        }

        return used;
    }

    /// <inheritdoc/>
    public void OnEnded(Exception? failure)
    {
        if (!IsOver)
        {
            Failure = failure;
            End();
        }
    }

    /// <summary>Begins the end: a close frame.</summary>
    public void Close(int code)
    {
        if (!_closeSent)
        {
            _closeSent = true;
            Send([(byte)(code >> 8), (byte)code], WebSocketOpcode.Close);
        }
    }

    /// <summary>Adds what sending a frame touches.</summary>
    public virtual void AddSendingTo(WorkingSet set)
    {
        set.Add(this);
        (Wire as LoadSocket)?.AddTo(set);
    }

    /// <summary>Adds what hearing a frame touches, but for what carries it.</summary>
    public virtual void AddHearingTo(WorkingSet set) => set.Add(this);

    /// <summary>Takes a whole message.</summary>
    protected abstract void OnMessage(ReadOnlySpan<byte> message);

    /// <summary>Sends a message.</summary>
    protected void Send(ReadOnlySpan<byte> message, WebSocketOpcode opcode = WebSocketOpcode.Text)
    {
        if (message.Length > Message.Length)
        {
            s_frame = new byte[HeaderRoom + message.Length];
        }

        message.CopyTo(Message);
        SendBuilt(message.Length, opcode);
    }

    /// <summary>Sends what was built in <see cref="Message"/>.</summary>
    /// <param name="length">Its octets.</param>
    /// <param name="opcode">What it is.</param>
    /// <param name="mayDrop">See <see cref="ILoadWire.Send"/>.</param>
    protected void SendBuilt(int length, WebSocketOpcode opcode = WebSocketOpcode.Text, bool mayDrop = false)
    {
        bool masked = role == WebSocketRole.Client;
        byte[] frame = s_frame!;
        int header = WebSocketFrameFormatter.HeaderLength(length, masked);
        WebSocketFrameFormatter.WriteHeader(frame.AsSpan(HeaderRoom - header), opcode, fin: true, length, masked, _maskKey);
        if (masked)
        {
            WebSocketMask.Apply(frame.AsSpan(HeaderRoom, length), _maskKey);
        }

        Wire?.Send(frame.AsSpan(HeaderRoom - header, header + length), mayDrop);
    }

    private void OnFrame(in WebSocketFrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Opcode)
        {
            case WebSocketOpcode.Ping:
                Send(payload, WebSocketOpcode.Pong);
                break;
            case WebSocketOpcode.Pong:
                break;
            case WebSocketOpcode.Close:
                CloseCode = payload.Length >= 2 ? (payload[0] << 8) | payload[1] : 1005;
                Close(payload.Length >= 2 ? CloseCode : 1000);
                if (role == WebSocketRole.Server)
                {
                    Wire?.Close(); // the server ends the connection first: RFC 6455 §7.1.1
                }

                End();
                break;
            default:
                if (header.IsFinal && !_fragmented)
                {
                    OnMessage(payload);
                }
                else
                {
                    OnFragment(payload, header.IsFinal);
                }

                break;
        }
    }

    private void OnFragment(ReadOnlySpan<byte> payload, bool isLast)
    {
        _fragments ??= new ArrayBufferWriter<byte>();
        _fragments.Write(payload);
        _fragmented = !isLast;
        if (isLast)
        {
            OnMessage(_fragments.WrittenSpan);
            _fragments.ResetWrittenCount();
        }
    }

    private void End()
    {
        IsOver = true;
        Ended?.Invoke(this);
    }
}
