namespace Concierge.Audio;

/// <summary>
/// Hears DTMF keys in 8 kHz audio by Goertzel filters, within the limits of ITU-T Q.24 (the column of AT&amp;T): frequencies within 1.5 % are taken and beyond 3.5 % are not, tones of 40 ms are
/// taken and of 23 ms are not, the high group may be 4 dB stronger or 8 dB weaker than the low group, breaks up to 10 ms inside a tone are bridged, pauses of 40 ms part two keys.
/// </summary>
/// <remarks>
/// Windows of 26 ms every 8 ms. A window speaks for a key when nine tenths of its power stand in one pair of tones, the pair fills all of the window, and no neighbouring frequency
/// explains it better; two windows in a row make a key. It is reported about 42 ms after the tone began. The answer does not depend on how the input is split; allocation-free; one owner.
/// </remarks>
public sealed class DtmfDetector
{
    /// <summary>The one rate it runs at.</summary>
    public const int SampleRate = 8000;

    private const int Window = 208;
    private const int Hop = 64;
    private const int WindowsForKey = 2;
    private const int WindowsForPause = 5;

    /// <summary>-38 dBFS for both tones together: Q.24's weakest signal, -25 dBm each, with some to spare.</summary>
    private const double MinimumPower = 32768.0 * 32768.0 * 1.6e-4;

    private const double HighOverLow = 2.5; // 4 dB, and room for the window's leakage
    private const double LowOverHigh = 6.3; // 8 dB
    private const double OtherTones = 1 / 6.3;
    private const double ShareOfPower = 0.86;

    private readonly short[] _samples = new short[Window];
    private int _fill;
    private char _candidate;
    private int _hits;
    private int _misses;

    /// <summary>The key that sounds now (until its pause is certain), or '\0'.</summary>
    public char Current { get; private set; }

    /// <summary>Takes the next samples.</summary>
    /// <param name="samples">8 kHz mono, any number.</param>
    /// <param name="keys">Receives the keys that began. One per 80 ms of input is the most there can be; keys beyond its length are lost.</param>
    /// <returns>How many keys were written.</returns>
    public int Process(ReadOnlySpan<short> samples, Span<char> keys)
    {
        int found = 0;
        while (!samples.IsEmpty)
        {
            int take = Math.Min(samples.Length, Window - _fill);
            samples[..take].CopyTo(_samples.AsSpan(_fill));
            samples = samples[take..];
            _fill += take;
            if (_fill == Window)
            {
                if (EndWindow() && found < keys.Length)
                {
                    keys[found++] = Current;
                }

                _samples.AsSpan(Hop).CopyTo(_samples);
                _fill = Window - Hop;
            }
        }

        return found;
    }

    /// <summary>Back to silence.</summary>
    public void Reset()
    {
        _fill = 0;
        _hits = 0;
        _misses = 0;
        _candidate = '\0';
        Current = '\0';
    }

    /// <summary>True when a key begins with this window.</summary>
    private bool EndWindow()
    {
        char key = Judge();
        if (key == '\0' || (Current != '\0' && key != Current))
        {
            _hits = 0;
            _candidate = key;
            if (++_misses >= WindowsForPause)
            {
                Current = '\0';
            }

            return false;
        }

        _misses = 0;
        _hits = key == _candidate ? _hits + 1 : 1;
        _candidate = key;
        if (Current == '\0' && _hits >= WindowsForKey)
        {
            Current = key;
            return true;
        }

        return false;
    }

    private char Judge()
    {
        double power = (double)PcmLevel.SumOfSquares(_samples) / Window;
        if (power < MinimumPower || !FillsTheWindow(power))
        {
            return '\0';
        }

        (int row, double rowPower, double otherRow) = Strongest(DtmfTones.Rows);
        (int column, double columnPower, double otherColumn) = Strongest(DtmfTones.Columns);
        double low = Refine(DtmfTones.Rows[row], rowPower);
        double high = Refine(DtmfTones.Columns[column], columnPower);
        bool isPair = low > 0 && high > 0
            && high <= low * HighOverLow && low <= high * LowOverHigh
            && otherRow <= low * OtherTones && otherColumn <= high * OtherTones
            && low + high >= ShareOfPower * power;
        return isPair ? DtmfTones.Keys[(row * 4) + column] : '\0';
    }

    /// <summary>Both ends carry their share, so the tone covers the window: that is the test of duration.</summary>
    private bool FillsTheWindow(double power)
    {
        const int End = 32; // 4 ms: longer than the slowest beat of any pair
        double first = (double)PcmLevel.SumOfSquares(_samples.AsSpan(0, End)) / End;
        double last = (double)PcmLevel.SumOfSquares(_samples.AsSpan(Window - End)) / End;
        return first > 0.4 * power && last > 0.4 * power;
    }

    private (int Index, double Power, double Other) Strongest(ReadOnlySpan<double> frequencies)
    {
        int best = 0;
        double power = 0;
        double other = 0;
        for (int i = 0; i < frequencies.Length; i++)
        {
            double p = Power(frequencies[i]);
            if (p > power)
            {
                other = power;
                (best, power) = (i, p);
            }
            else
            {
                other = Math.Max(other, p);
            }
        }

        return (best, power, other);
    }

    /// <summary>The power of the tone near a nominal frequency; 0 when a frequency more than 2.5 % off explains it better.</summary>
    private double Refine(double nominal, double power)
    {
        double inside = power;
        foreach (double offset in (ReadOnlySpan<double>)[-0.015, -0.0075, 0.0075, 0.015])
        {
            inside = Math.Max(inside, Power(nominal * (1 + offset)));
        }

        foreach (double offset in (ReadOnlySpan<double>)[-0.035, 0.035])
        {
            if (Power(nominal * (1 + offset)) > inside)
            {
                return 0;
            }
        }

        return inside;
    }

    /// <summary>Goertzel 1958: the mean power of one frequency in the window.</summary>
    private double Power(double frequency)
    {
        double coefficient = 2 * Math.Cos(2 * Math.PI * frequency / SampleRate);
        double previous = 0;
        double before = 0;
        foreach (short sample in _samples)
        {
            double next = sample + (coefficient * previous) - before;
            before = previous;
            previous = next;
        }

        double magnitude = (previous * previous) + (before * before) - (coefficient * previous * before);
        return 2 * magnitude / ((double)Window * Window);
    }
}
