using System.Buffers.Text;
using System.Text;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The carrier's end of one call: sends stamped frames, hears the agent's, returns marks when what they follow would have been played.</summary>
internal sealed class LoadCaller : LoadEnd
{
    private const int LongestMark = 300;

    private readonly LoadFlow _sends;
    private readonly LoadFlow _hears;
    private readonly LoadEar _ear;
    private readonly Action<int, bool> _onStamp;
    private readonly LoadMarks _marks = new();
    private readonly bool _relayed;
    private readonly byte[] _streamSid;
    private readonly string _callSid;
    private long _sequence;
    private long _playedUntil;

    /// <param name="id">The call's number.</param>
    /// <param name="sends">What goes out.</param>
    /// <param name="received">What comes back.</param>
    /// <param name="hears">The format of the agent's audio here.</param>
    /// <param name="relayed">Whether a bare relay is between, so that the model's own messages arrive here.</param>
    /// <param name="now">The clock, in nanoseconds.</param>
    public LoadCaller(int id, LoadFlow sends, LoadFlow received, LoadAudioFormat hears, bool relayed, Func<long> now)
        : base(WebSocketRole.Client, now)
    {
        _sends = sends;
        _hears = received;
        _relayed = relayed;
        _streamSid = Encoding.ASCII.GetBytes($"MZ{id:x32}");
        _callSid = $"CA{id:x32}";
        _ear = new LoadEar(hears);
        _onStamp = OnStamp;
    }

    public long Marks { get; private set; }

    public long Clears { get; private set; }

    public LoadEar Ear => _ear;

    private string StreamSid => Encoding.ASCII.GetString(_streamSid);

    /// <summary>Says who calls.</summary>
    /// <param name="parameters">What the TwiML of the call would have passed on.</param>
    public void Begin(IReadOnlyDictionary<string, string> parameters)
    {
        if (_relayed)
        {
            return;
        }

        Send("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8);
        string custom = string.Join(',', parameters.Select(p => $"{JsonText(p.Key)}:{JsonText(p.Value)}"));
        Send(Encoding.UTF8.GetBytes(
            $$$"""{"event":"start","sequenceNumber":"{{{++_sequence}}}","start":{"accountSid":"AC{{{0:x32}}}","streamSid":"{{{StreamSid}}}","callSid":"{{{_callSid}}}","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{{{{custom}}}}},"streamSid":"{{{StreamSid}}}"}"""));
    }

    /// <summary>Sends the frame that is due, and the marks: {"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"..."},"streamSid":"MZ..."}.</summary>
    /// <param name="now">The time.</param>
    public void SendFrame(long now)
    {
        if (IsOver)
        {
            return;
        }

        while (_marks.TryTake(now, out ReadOnlySpan<byte> mark))
        {
            ReturnMark(mark);
        }

        Span<byte> text = Message;
        int length = 0;
        Put(text, ref length, "{\"event\":\"media\",\"sequenceNumber\":\""u8);
        Put(text, ref length, ++_sequence);
        Put(text, ref length, "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""u8);
        Put(text, ref length, _sends.Sent + 1);
        Put(text, ref length, "\",\"timestamp\":\""u8);
        Put(text, ref length, (_sends.Sent + 1) * 20);
        Put(text, ref length, "\",\"payload\":\""u8);
        length += _sends.Next(text[length..], now);
        Put(text, ref length, "\"},\"streamSid\":\""u8);
        Put(text, ref length, _streamSid);
        Put(text, ref length, "\"}"u8);
        SendBuilt(length, mayDrop: true);
    }

    public override void AddSendingTo(WorkingSet set)
    {
        base.AddSendingTo(set);
        set.Add(_sends);
        set.Add(_marks);
        set.Add(_streamSid);
    }

    public override void AddHearingTo(WorkingSet set)
    {
        base.AddHearingTo(set);
        set.Add(_hears);
        set.Add(_onStamp);
        _ear.AddTo(set);
    }

    /// <summary>Hangs up: <c>stop</c>, then a close frame.</summary>
    public void HangUp()
    {
        if (!_relayed && !IsOver)
        {
            Send(Encoding.UTF8.GetBytes(
                $$$"""{"event":"stop","sequenceNumber":"{{{++_sequence}}}","streamSid":"{{{StreamSid}}}","stop":{"accountSid":"AC{{{0:x32}}}","callSid":"{{{_callSid}}}"}}"""));
        }

        Close(1000);
    }

    protected override void OnMessage(ReadOnlySpan<byte> message)
    {
        if (LoadJson.TryFind(message, _relayed ? "\"delta\""u8 : "\"payload\""u8, out ReadOnlySpan<byte> audio))
        {
            int octets = _ear.Hear(audio, _onStamp);
            if (octets < 0)
            {
                Unreadable++;
                return;
            }

            _playedUntil = Math.Max(_playedUntil, Arrived) + (octets * 125_000L);
        }
        else if (LoadJson.TryFind(message, "\"event\""u8, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("mark"u8) && LoadJson.TryFind(message, "\"name\""u8, out ReadOnlySpan<byte> mark))
            {
                Marks++;
                if (mark.Length <= LongestMark)
                {
                    _marks.Add(mark, _playedUntil);
                }
            }
            else if (name.SequenceEqual("clear"u8))
            {
                Clears++;
                _playedUntil = Arrived;
                while (_marks.TryTake(long.MaxValue, out ReadOnlySpan<byte> pending))
                {
                    ReturnMark(pending);
                }
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

    private static string JsonText(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private static void Put(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }

    private static void Put(Span<byte> text, ref int length, long number)
    {
        Utf8Formatter.TryFormat(number, text[length..], out int digits);
        length += digits;
    }

    private void ReturnMark(ReadOnlySpan<byte> name)
    {
        Span<byte> text = Message;
        int length = 0;
        Put(text, ref length, "{\"event\":\"mark\",\"sequenceNumber\":\""u8);
        Put(text, ref length, ++_sequence);
        Put(text, ref length, "\",\"streamSid\":\""u8);
        Put(text, ref length, _streamSid);
        Put(text, ref length, "\",\"mark\":{\"name\":\""u8);
        Put(text, ref length, name);
        Put(text, ref length, "\"}}"u8);
        SendBuilt(length);
    }

    private void OnStamp(int value, bool isId)
    {
        if (!isId)
        {
            _hears.Arrived(value, Arrived);
        }
    }
}
