namespace Concierge.Simulation.Speech;

/// <summary>Music as a telephone plays it to those who wait: broken chords of plucked notes over a quiet bass, 8 kHz, about as loud as speech. Always the same.</summary>
internal static class HoldMusic
{
    private const int Rate = 8000;
    private const int NoteMs = 240;

    // C, A minor, F, G: a bass note and four notes above it for each.
    private static readonly double[][] s_chords =
    [
        [130.8, 261.6, 329.6, 392.0, 523.3],
        [110.0, 220.0, 261.6, 329.6, 440.0],
        [174.6, 349.2, 440.0, 523.3, 698.5],
        [196.0, 392.0, 493.9, 587.3, 784.0],
    ];

    /// <summary>So much of it, from its beginning.</summary>
    /// <param name="milliseconds">How long.</param>
    /// <returns>Samples at 8 kHz.</returns>
    public static short[] Create(int milliseconds)
    {
        var samples = new short[milliseconds * (Rate / 1000)];
        const int Note = NoteMs * Rate / 1000;
        for (int i = 0; i < samples.Length; i++)
        {
            double[] chord = s_chords[i / (Note * 4) % s_chords.Length];
            int inNote = i % Note;
            double pluck = Math.Exp(-3.0 * inNote / Note) * Math.Min(1, inNote / 40.0);
            double ends = Math.Min(1, Math.Min(i, samples.Length - 1 - i) / 80.0);
            double melody = Tone(chord[1 + (i / Note % 4)], i) + (0.3 * Tone(2 * chord[1 + (i / Note % 4)], i));
            samples[i] = (short)(ends * ((5200 * pluck * melody) + (1500 * Tone(chord[0] * 2, i))));
        }

        return samples;
    }

    private static double Tone(double hertz, int sample) => Math.Sin(2 * Math.PI * hertz * sample / Rate);
}
