using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Realtime;

/// <summary>One response of the model as the twin gave it.</summary>
public sealed class RealtimeTwinResponse
{
    internal RealtimeTwinResponse(string id, TimeSpan createdAt, RealtimeWireFormat format)
    {
        Id = id;
        CreatedAt = createdAt;
        Format = format;
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>When it was created, since the session opened.</summary>
    public TimeSpan CreatedAt { get; }

    /// <summary>When its first audio was sent.</summary>
    public TimeSpan? FirstAudioAt { get; internal set; }

    /// <summary>When response.done was sent.</summary>
    public TimeSpan? DoneAt { get; internal set; }

    /// <summary>in_progress, completed, cancelled, failed or incomplete.</summary>
    public string Status { get; internal set; } = "in_progress";

    /// <summary>turn_detected, client_cancelled, max_output_tokens, content_filter, or null.</summary>
    public string? Reason { get; internal set; }

    /// <summary>The audio's format.</summary>
    public RealtimeWireFormat Format { get; }

    /// <summary>The spoken item; null when the response said nothing.</summary>
    public string? ItemId { get; internal set; }

    /// <summary>The clip it spoke; null when it said nothing.</summary>
    public SpeechClip? Clip { get; internal set; }

    /// <summary>The audio sent, in <see cref="Format"/>: the clip, or its beginning.</summary>
    public ReadOnlyMemory<byte> Audio { get; internal set; }

    /// <summary>How much audio was sent, in milliseconds.</summary>
    public double AudioMs => (double)Audio.Length / Format.BytesPerMs();

    /// <summary>The transcript sent.</summary>
    public string Transcript { get; internal set; } = "";

    /// <summary>What the client says was heard of it, in milliseconds; null when it was not truncated.</summary>
    public long? TruncatedAtMs { get; internal set; }

    /// <summary>The functions called, with the arguments' JSON.</summary>
    public IReadOnlyList<(string Name, string CallId, string Arguments)> FunctionCalls => Calls;

    internal List<(string Name, string CallId, string Arguments)> Calls { get; } = [];

    /// <summary>The audio sent as PCM16 at <see cref="Format"/>'s rate (24 or 8 kHz).</summary>
    /// <returns>One channel.</returns>
    public short[] DecodeAudio()
    {
        var samples = new short[Audio.Length / Format.BytesPerSample()];
        Format.Decode(Audio.Span, samples);
        return samples;
    }
}
