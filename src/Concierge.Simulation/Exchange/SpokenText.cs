using Concierge.Audio;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Exchange;

/// <summary>What the carrier itself lets a person hear: no voice, but something of a voice's length, level and rhythm.</summary>
internal static class SpokenText
{
    private const int MsPerCharacter = 65;

    /// <summary>A hum of 200 ms syllables at the level of speech, as long as the text takes to say.</summary>
    public static short[] Speak(string text)
    {
        int samples = text.Trim().Length * MsPerCharacter * 8;
        var sound = new short[samples];
        for (int i = 0; i < samples; i++)
        {
            double syllable = 0.6 + (0.4 * Math.Sin(2 * Math.PI * i / 1600));
            double voice = Math.Sin(2 * Math.PI * 140 * i / 8000) + (0.5 * Math.Sin(2 * Math.PI * 700 * i / 8000));
            sound[i] = (short)(4200 * syllable * voice);
        }

        return sound;
    }

    /// <summary>Digits as tones of 120 ms; w is a pause of half a second.</summary>
    public static short[] Dial(string digits)
    {
        const string Keys = "123A456B789C*0#D";
        int[] rows = [697, 770, 852, 941];
        int[] columns = [1209, 1336, 1477, 1633];
        var sound = new List<short>();
        foreach (char digit in digits)
        {
            int key = Keys.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
            int length = key < 0 ? 4000 : 960;
            for (int i = 0; i < length; i++)
            {
                sound.Add(key < 0 ? (short)0 : (short)(5000 * (Math.Sin(2 * Math.PI * rows[key / 4] * i / 8000) + Math.Sin(2 * Math.PI * columns[key % 4] * i / 8000))));
            }

            sound.AddRange(new short[640]);
        }

        return [.. sound];
    }

    /// <summary>Audio for Play: WAV (PCM16), or raw mu-law as audio/basic or audio/x-mulaw.</summary>
    public static short[]? TryReadAudio(byte[] body, string? type)
    {
        if (type is "audio/basic" or "audio/x-mulaw" or "audio/ulaw")
        {
            return Array.ConvertAll(body, TelephoneCodec.FromMuLaw);
        }

        try
        {
            using var reader = new WavReader(new MemoryStream(body));
            var all = new List<short>();
            var block = new short[4096 * reader.Channels];
            for (int read = reader.Read(block); read > 0; read = reader.Read(block))
            {
                all.AddRange(block.AsSpan(0, read));
            }

            short[] one = [.. all.Where((_, i) => i % reader.Channels == 0)];
            return reader.SampleRate == 8000 ? one : OfflineResampler.Convert(one, reader.SampleRate, 8000);
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return null;
        }
    }
}
