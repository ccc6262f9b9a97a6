using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Concierge.Simulation.Twilio;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The carrier's end of one call: sends stamped frames, hears the agent's, returns marks when what they follow would have been played.</summary>
/// <remarks>Runs on one thread: the event loop's, or a test's.</remarks>
internal sealed class LoadCaller
{
    private readonly LoadCall _call;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly TwilioMessages _messages;
    private readonly LoadEar _ear;
    private readonly Action<int, bool> _onStamp;
    private readonly Func<long> _now;
    private readonly Queue<(byte[] Name, long Due)> _marks = new();
    private readonly byte[] _frame;
    private readonly bool _relayed;
    private readonly string _streamSid;
    private readonly string _callSid;
    private long _playedUntil;
    private long _arrived;

    /// <param name="call">The call.</param>
    /// <param name="connection">The upgraded connection.</param>
    /// <param name="hears">The format of the agent's audio here.</param>
    /// <param name="relayed">Whether a bare relay is between, so that the model's own messages arrive here.</param>
    /// <param name="now">The clock, in nanoseconds.</param>
    public LoadCaller(LoadCall call, IDuplexPipe connection, LoadAudioFormat hears, bool relayed, Func<long> now)
    {
        _call = call;
        _now = now;
        _relayed = relayed;
        _streamSid = $"MZ{call.Id:x32}";
        _callSid = $"CA{call.Id:x32}";
        _frame = new byte[call.Up.FrameOctets];
        _ear = new LoadEar(hears);
        _onStamp = OnStamp;
        _writer = new WebSocketWriter(connection.Output, WebSocketRole.Client);
        _reader = new WebSocketReader(connection.Input, WebSocketRole.Client, new WebSocketLimits(), _writer);
        _messages = new TwilioMessages(_writer, _streamSid);
    }

    /// <summary>Frames of the agent that came.</summary>
    public long MediaMessages { get; private set; }

    public long Marks { get; private set; }

    public long Clears { get; private set; }

    /// <summary>Messages that no carrier would understand.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The close code that the bridge ended with; 0 while it has not.</summary>
    public int CloseCode { get; private set; }

    public LoadEar Ear => _ear;

    /// <summary>Whether the connection has ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Says who calls.</summary>
    /// <param name="parameters">What the TwiML of the call would have passed on.</param>
    public void Begin(IReadOnlyDictionary<string, string> parameters)
    {
        if (_relayed)
        {
            return;
        }

        _messages.Connected();
        string custom = string.Join(',', parameters.Select(p => $"{JsonText(p.Key)}:{JsonText(p.Value)}"));
        _messages.Send(Encoding.UTF8.GetBytes(
            $$$"""{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC{{{0:x32}}}","streamSid":"{{{_streamSid}}}","callSid":"{{{_callSid}}}","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{{{{custom}}}}},"streamSid":"{{{_streamSid}}}"}"""));
        _writer.Flush();
    }

    /// <summary>Sends the frame that is due, and the marks.</summary>
    public void SendFrame()
    {
        if (IsOver)
        {
            return;
        }

        long now = _now();
        while (_marks.TryPeek(out (byte[] Name, long Due) mark) && mark.Due <= now)
        {
            _marks.Dequeue();
            ReturnMark(mark.Name);
        }

        _call.Up.Next(_frame, now);
        _messages.Media(_call.Up.Sent, _call.Up.Sent * 20, _frame);
        _writer.Flush();
    }

    /// <summary>Reads until the bridge ends the connection, or the token does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                WebSocketReadStatus status = await _reader.ReadAsync(cancellationToken);
                _arrived = _now();
                do
                {
                    if (status != WebSocketReadStatus.Message)
                    {
                        CloseCode = _reader.CloseCode;
                        return;
                    }

                    Take(_reader.Payload);
                }
                while (_reader.TryRead(out status));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        finally
        {
            IsOver = true;
        }
    }

    /// <summary>Hangs up: <c>stop</c>, then a close frame.</summary>
    public async Task HangUpAsync(CancellationToken cancellationToken)
    {
        if (!_relayed && !IsOver)
        {
            _messages.Send(Encoding.UTF8.GetBytes(
                $$$"""{"event":"stop","sequenceNumber":"{{{_call.Up.Sent + 2}}}","streamSid":"{{{_streamSid}}}","stop":{"accountSid":"AC{{{0:x32}}}","callSid":"{{{_callSid}}}"}}"""));
        }

        await _writer.CloseAsync(1000, "", cancellationToken);
    }

    private static string JsonText(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private void Take(ReadOnlySpan<byte> message)
    {
        if (LoadJson.TryFind(message, _relayed ? "\"delta\""u8 : "\"payload\""u8, out ReadOnlySpan<byte> audio))
        {
            int octets = _ear.Hear(audio, _onStamp);
            if (octets < 0)
            {
                Unreadable++;
                return;
            }

            MediaMessages++;
            _playedUntil = Math.Max(_playedUntil, _arrived) + (octets * 125_000L);
        }
        else if (LoadJson.TryFind(message, "\"event\""u8, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("mark"u8) && LoadJson.TryFind(message, "\"name\""u8, out ReadOnlySpan<byte> mark))
            {
                Marks++;
                _marks.Enqueue((mark.ToArray(), _playedUntil));
            }
            else if (name.SequenceEqual("clear"u8))
            {
                Clears++;
                _playedUntil = _arrived;
                while (_marks.TryDequeue(out (byte[] Name, long Due) pending))
                {
                    ReturnMark(pending.Name);
                }

                _writer.Flush();
            }
            else
            {
                Unreadable++;
            }
        }
        else
        {
            Unreadable++;
        }
    }

    private void ReturnMark(byte[] name)
    {
        Span<byte> text = stackalloc byte[512];
        if (name.Length > 300)
        {
            return; // no bridge names its marks at such length
        }

        int length = 0;
        Put(text, ref length, "{\"event\":\"mark\",\"sequenceNumber\":\""u8);
        Utf8Formatter.TryFormat(_call.Up.Sent + 2, text[length..], out int digits);
        length += digits;
        Put(text, ref length, "\",\"streamSid\":\""u8);
        length += Encoding.ASCII.GetBytes(_streamSid, text[length..]);
        Put(text, ref length, "\",\"mark\":{\"name\":\""u8);
        Put(text, ref length, name);
        Put(text, ref length, "\"}}"u8);
        _messages.Send(text[..length]);
    }

    private void OnStamp(int value, bool isId)
    {
        if (!isId)
        {
            _call.Down.Arrived(value, _arrived);
        }
    }

    private static void Put(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }
}
