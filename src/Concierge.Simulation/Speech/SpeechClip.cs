using System.Collections.Concurrent;

namespace Concierge.Simulation.Speech;

/// <summary>One recorded utterance: what is said, and its samples at any telephone rate. Immutable and shared by all calls.</summary>
public sealed class SpeechClip
{
    private readonly short[] _samples;
    private readonly ConcurrentDictionary<int, short[]> _converted = new();
    private readonly Lazy<byte[]> _muLaw;
    private readonly Lazy<byte[]> _aLaw;
    private readonly Lazy<byte[]> _pcm24k;

    /// <summary>Creates a clip.</summary>
    /// <param name="name">Its name in scenarios.</param>
    /// <param name="transcript">What is said, as a transcript would write it.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="samples">One channel; not copied, so leave it alone afterwards.</param>
    public SpeechClip(string name, string transcript, int sampleRate, short[] samples)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(samples);
        Name = name;
        Transcript = transcript;
        SampleRate = sampleRate;
        _samples = samples;
        _converted[sampleRate] = samples;
        _muLaw = new Lazy<byte[]>(() => Array.ConvertAll(Samples8k, TelephoneCodec.ToMuLaw));
        _aLaw = new Lazy<byte[]>(() => Array.ConvertAll(Samples8k, TelephoneCodec.ToALaw));
        _pcm24k = new Lazy<byte[]>(() =>
        {
            short[] samples24k = _converted.GetOrAdd(24000, Convert);
            var bytes = new byte[samples24k.Length * 2];
            for (int i = 0; i < samples24k.Length; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples24k[i]);
            }

            return bytes;
        });
    }

    /// <summary>Its name in scenarios.</summary>
    public string Name { get; }

    /// <summary>What is said, as a transcript would write it.</summary>
    public string Transcript { get; }

    /// <summary>The rate it was recorded at, in hertz.</summary>
    public int SampleRate { get; }

    /// <summary>How long it lasts.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_samples.Length / SampleRate);

    internal byte[] MuLaw => _muLaw.Value;

    internal byte[] ALaw => _aLaw.Value;

    internal byte[] Pcm24k => _pcm24k.Value;

    private short[] Samples8k => _converted.GetOrAdd(8000, Convert);

    /// <summary>The clip's samples at a rate; converted once by <see cref="OfflineResampler"/>, then kept.</summary>
    /// <param name="rate">Hertz.</param>
    /// <returns>One channel of PCM16.</returns>
    public ReadOnlyMemory<short> At(int rate) => _converted.GetOrAdd(rate, Convert);

    private short[] Convert(int rate) => OfflineResampler.Convert(_samples, SampleRate, rate);
}
