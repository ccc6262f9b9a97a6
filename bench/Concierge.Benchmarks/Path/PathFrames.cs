using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths; // not Path: that would hide System.IO.Path from the other benches

/// <summary>The frames that the path benches send, and what must come out of them.</summary>
internal static class PathFrames
{
    /// <summary>The stream of every bench.</summary>
    public const string StreamSid = "MZ18ad3ab5a668481ce02b83e7395059f0";

    /// <summary>20 ms of mu-law, every code near its place in speech: a chirp with noise, so that no branch is always right.</summary>
    public static byte[] MuLaw20Ms()
    {
        byte[] codes = new byte[160];
        MuLaw.Encode(Sound(160, 8000), codes);
        return codes;
    }

    /// <summary>20 ms of the model's audio in the mode's format.</summary>
    public static byte[] ModelAudio20Ms(CallAudioMode mode)
    {
        if (mode == CallAudioMode.Pcm16)
        {
            return MemoryMarshal.AsBytes(Sound(480, 24000).AsSpan()).ToArray();
        }

        byte[] codes = new byte[160];
        if (mode == CallAudioMode.MuLaw)
        {
            MuLaw.Encode(Sound(160, 8000), codes);
        }
        else
        {
            ALaw.Encode(Sound(160, 8000), codes);
        }

        return codes;
    }

    /// <summary>A carrier's media message as it comes, in the middle of a call.</summary>
    public static string Media(byte[] muLaw) =>
        "{\"event\":\"media\",\"sequenceNumber\":\"4274\",\"media\":{\"track\":\"inbound\",\"chunk\":\"4273\",\"timestamp\":\"85593\",\"payload\":\""
        + Convert.ToBase64String(muLaw) + $"\"}},\"streamSid\":\"{StreamSid}\"}}";

    /// <summary>The same without a chunk number, which a bench may repeat.</summary>
    public static string RepeatableMedia(byte[] muLaw) =>
        "{\"event\":\"media\",\"sequenceNumber\":\"4274\",\"media\":{\"track\":\"inbound\",\"timestamp\":\"85593\",\"payload\":\""
        + Convert.ToBase64String(muLaw) + $"\"}},\"streamSid\":\"{StreamSid}\"}}";

    /// <summary>A model's audio delta as it comes.</summary>
    public static string Delta(byte[] audio) =>
        "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_CVPhRzcWRJuOY1PBGCYrp\",\"response_id\":\"resp_CVPhQ7RYQF3Ctmsf3oGNb\","
        + "\"item_id\":\"item_CVPhQqeJKRJpGuEFnqYcD\",\"output_index\":0,\"content_index\":0,\"delta\":\"" + Convert.ToBase64String(audio) + "\"}";

    /// <summary>What a carrier opens a call with.</summary>
    public static string[] CarrierOpening { get; } =
    [
        """{"event":"connected","protocol":"Call","version":"1.0.0"}""",
        $$$$"""{"event":"start","sequenceNumber":"1","streamSid":"{{{{StreamSid}}}}","start":{"streamSid":"{{{{StreamSid}}}}","accountSid":"AC1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}}}""",
    ];

    /// <summary>What a model opens a session with, once it is configured.</summary>
    public static string[] ModelOpening(CallAudioMode mode)
    {
        string format = mode switch
        {
            CallAudioMode.MuLaw => """{"type":"audio/pcmu"}""",
            CallAudioMode.ALaw => """{"type":"audio/pcma"}""",
            _ => """{"type":"audio/pcm","rate":24000}""",
        };
        return
        [
            """{"type":"session.created","event_id":"e","session":{"id":"s","type":"realtime"}}""",
            $$$$$"""{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime","audio":{"input":{"format":{{{{{format}}}}}},"output":{"format":{{{{{format}}}}}}}}}""",
        ];
    }

    /// <summary>A text message as one frame.</summary>
    public static byte[] Frame(string text, bool masked)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = new byte[WebSocketFrameFormatter.HeaderLength(payload.Length, masked) + payload.Length];
        const uint Key = 0x9A3C_51E7;
        int header = WebSocketFrameFormatter.WriteHeader(frame, WebSocketOpcode.Text, fin: true, payload.Length, masked, Key);
        payload.CopyTo(frame, header);
        if (masked)
        {
            WebSocketMask.Apply(frame.AsSpan(header), Key);
        }

        return frame;
    }

    /// <summary>The audio inside one frame, read with other means than the path's.</summary>
    public static byte[] ReadAudio(ReadOnlySpan<byte> frame, bool masked, params string[] keys)
    {
        WebSocketRole reader = masked ? WebSocketRole.Server : WebSocketRole.Client;
        OperationStatus status = WebSocketFrameParser.Parse(frame, reader, false, int.MaxValue, int.MaxValue, out WebSocketFrameHeader header, out _);
        Require(status == OperationStatus.Done && header.HeaderLength + header.PayloadLength == frame.Length, "not one frame");
        byte[] text = frame[header.HeaderLength..].ToArray();
        for (int i = 0; i < text.Length; i++)
        {
            text[i] ^= (byte)(header.MaskKey >> (8 * (i & 3)));
        }

        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement element = json.RootElement;
        foreach (string key in keys)
        {
            element = element.GetProperty(key);
        }

        return Convert.FromBase64String(element.GetString()!);
    }

    /// <summary>What the model must hear of one frame after silence.</summary>
    public static byte[] ExpectedAtModel(byte[] muLaw, CallAudioMode mode)
    {
        if (mode == CallAudioMode.MuLaw)
        {
            return muLaw;
        }

        short[] narrow = new short[muLaw.Length];
        MuLaw.Decode(muLaw, narrow);
        if (mode == CallAudioMode.ALaw)
        {
            byte[] codes = new byte[muLaw.Length];
            ALaw.Encode(narrow, codes);
            return codes;
        }

        short[] wide = new short[3 * narrow.Length];
        new ResamplerStage(8000, 24000).Process(narrow, wide);
        return MemoryMarshal.AsBytes(wide.AsSpan()).ToArray();
    }

    /// <summary>What the caller must hear of one frame after silence.</summary>
    public static byte[] ExpectedAtCarrier(byte[] audio, CallAudioMode mode)
    {
        if (mode == CallAudioMode.MuLaw)
        {
            return audio;
        }

        short[] narrow = new short[160];
        if (mode == CallAudioMode.ALaw)
        {
            ALaw.Decode(audio, narrow);
        }
        else
        {
            new ResamplerStage(24000, 8000).Process(MemoryMarshal.Cast<byte, short>(audio), narrow);
        }

        byte[] codes = new byte[160];
        MuLaw.Encode(narrow, codes);
        return codes;
    }

    /// <summary>Setup's check.</summary>
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"A path does not do what it should: {what}.");
        }
    }

    private static short[] Sound(int samples, int rate)
    {
        var random = new Random(7);
        short[] sound = new short[samples];
        for (int i = 0; i < samples; i++)
        {
            double seconds = (double)i / rate;
            sound[i] = (short)((9000 * Math.Sin(2 * Math.PI * (300 + (40_000 * seconds)) * seconds)) + random.Next(-300, 300));
        }

        return sound;
    }
}
