using System.Runtime.InteropServices;
using Concierge.Audio;
using Concierge.Protocols;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>Where audio arrives: base64 in, stamps out.</summary>
/// <param name="format">What the octets are.</param>
internal sealed class LoadEar(LoadAudioFormat format)
{
    // One generator thread, one call at a time.
    [ThreadStatic]
    private static byte[]? s_octets;

    [ThreadStatic]
    private static short[]? s_samples;

    private readonly LoadStampDetector _detector = new(format == LoadAudioFormat.MuLaw ? 8000 : 24000);

    /// <summary>Octets heard.</summary>
    public long Octets { get; private set; }

    /// <summary>Stamps that could not be read.</summary>
    public long Broken => _detector.Broken;

    /// <summary>Adds what a frame touches here.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_detector);
    }

    /// <summary>Takes one message's audio.</summary>
    /// <param name="text">Base64 as it stands in the message.</param>
    /// <param name="stamped">Told each stamp: its value, and whether it names the call.</param>
    /// <returns>Octets of audio; -1 when the text is not base64.</returns>
    public int Hear(ReadOnlySpan<byte> text, Action<int, bool> stamped)
    {
        int room = Base64Text.MaximumDecodedLength(text.Length);
        if (s_octets is null || s_octets.Length < room)
        {
            s_octets = new byte[Math.Max(room, 64 * 1024)];
            s_samples = new short[s_octets.Length];
        }

        bool escaped = text.Contains((byte)'\\');
        if (Base64Text.Decode(text, escaped, s_octets, out int length) != Base64TextError.None)
        {
            return -1;
        }

        Octets += length;
        ReadOnlySpan<short> samples;
        if (format == LoadAudioFormat.MuLaw)
        {
            samples = s_samples.AsSpan(0, MuLaw.Decode(s_octets.AsSpan(0, length), s_samples));
        }
        else
        {
            samples = MemoryMarshal.Cast<byte, short>(s_octets.AsSpan(0, length & ~1));
        }

        while (_detector.TryRead(ref samples, out int value, out bool isId))
        {
            stamped(value, isId);
        }

        return length;
    }
}
