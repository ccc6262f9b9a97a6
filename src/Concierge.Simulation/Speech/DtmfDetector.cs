namespace Concierge.Simulation.Speech;

/// <summary>
/// Hears telephone keys in 20 ms frames at 8 kHz: one tone of the low group and one of the high (ITU-T Q.23), both strong, about as strong as each other, and hardly anything
/// besides. A key counts once, from its second frame in a row.
/// </summary>
internal sealed class DtmfDetector
{
    private const string Keys = "123A456B789C*0#D";
    private const int FramesPerKey = 2;

    // Of a frame's energy this much must lie in the two tones; speech never comes near.
    private const double LeastShare = 0.7;

    // 10 dB between the two tones at most, -40 dBFS each at least.
    private const double MostTwist = 10;
    private const double LeastPower = 32768.0 * 32768.0 / 2 / 10000;

    private static readonly double[] s_tones = [697, 770, 852, 941, 1209, 1336, 1477, 1633];

    private char _key;
    private int _frames;

    /// <summary>Hears one frame.</summary>
    /// <param name="frame">160 samples.</param>
    /// <returns>A key that was now recognised; null for none.</returns>
    public char? Process(ReadOnlySpan<short> frame)
    {
        char key = Recognise(frame);
        _frames = key == _key ? _frames + 1 : 1;
        _key = key;
        return key != default && _frames == FramesPerKey ? key : null;
    }

    private static char Recognise(ReadOnlySpan<short> frame)
    {
        double total = 0;
        foreach (short sample in frame)
        {
            total += (double)sample * sample;
        }

        total /= frame.Length;
        if (total < LeastPower)
        {
            return default;
        }

        (int row, double low) = Strongest(frame, 0);
        (int column, double high) = Strongest(frame, 4);
        bool isKey = low >= LeastPower && high >= LeastPower && low <= high * MostTwist && high <= low * MostTwist && low + high >= LeastShare * total;
        return isKey ? Keys[(row * 4) + column] : default;
    }

    private static (int Index, double Power) Strongest(ReadOnlySpan<short> frame, int from)
    {
        (int Index, double Power) best = default;
        for (int i = 0; i < 4; i++)
        {
            double power = Goertzel(frame, s_tones[from + i]);
            best = power > best.Power ? (i, power) : best;
        }

        return best;
    }

    // The mean power of the tone alone.
    private static double Goertzel(ReadOnlySpan<short> frame, double hertz)
    {
        double factor = 2 * Math.Cos(2 * Math.PI * hertz / 8000), last = 0, before = 0;
        foreach (short sample in frame)
        {
            (before, last) = (last, sample + (factor * last) - before);
        }

        double squared = (last * last) + (before * before) - (factor * last * before);
        return 2 * squared / ((double)frame.Length * frame.Length);
    }
}
