namespace Concierge.Benchmarks.Audio;

/// <summary>
/// How well a conversion between two rates treats telephone speech, measured from outside: tones of 16-bit samples go in by frames of 20 ms, and what comes out is looked at. The same yardstick for
/// every resampler; nothing is known of its coefficients.
/// </summary>
/// <param name="RippleDb">The largest deviation from the level that went in, up to 3.4 kHz, in dB.</param>
/// <param name="RejectionDb">Up: how far the worst image of a tone up to 3.4 kHz lies below it. Down: how far a tone whose alias falls below 3.4 kHz is pressed. In dB.</param>
/// <param name="SignalToNoiseDb">A 997 Hz tone at -3 dBFS against all else in the output (noise, images and distortion), in dB.</param>
/// <param name="SoftSignalToNoiseDb">The same at -20 dBFS.</param>
/// <param name="FaintSignalToNoiseDb">The same at -40 dBFS.</param>
/// <param name="IntermodulationDb">Tones of 2.6 and 2.9 kHz, each at -9 dBFS: how far the loudest of their second- and third-order products below 3.4 kHz lies below one of them, in dB.</param>
/// <param name="DelayMilliseconds">The group delay at 1 kHz, and what the resampler holds back beyond the frame it was given, in ms.</param>
internal sealed record ConversionQuality(
    double RippleDb,
    double RejectionDb,
    double SignalToNoiseDb,
    double SoftSignalToNoiseDb,
    double FaintSignalToNoiseDb,
    double IntermodulationDb,
    double DelayMilliseconds)
{
    [ThreadStatic]
    private static double[]? t_window; // one length after the other: made again only when the rate changes

    private const double PassEdge = 3400;
    private const double Level = 23197; // -3 dBFS
    private const int Steps = 34; // of the pass band: 100 Hz each
    private const double Offset = 0.37; // Hz: no tone divides the rates, so that the rounding to 16 bits is noise and not lines

    /// <summary>Measures a conversion.</summary>
    /// <param name="from">Samples per second of the input.</param>
    /// <param name="to">Samples per second of the output.</param>
    /// <param name="create">A fresh resampler; disposed here.</param>
    public static ConversionQuality Measure(int from, int to, Func<IResampler> create)
    {
        double ripple = 0;
        double rejection = double.MaxValue;
        int low = Math.Min(from, to);
        for (int i = 1; i <= Steps; i++)
        {
            double tone = (PassEdge * i / Steps) - Offset;
            short[] output = Convert(from, to, create, tone).Output;
            double pass = Amplitude(output, tone, to).Magnitude;
            ripple = Math.Max(ripple, Math.Abs(Decibels(pass / Level)));
            for (int image = low; image - tone <= Math.Max(from, to) / 2.0; image += low)
            {
                foreach (double other in (double[])[image - tone, image + tone])
                {
                    if (other < Math.Max(from, to) / 2.0)
                    {
                        double leaked = from < to ? Amplitude(output, other, to).Magnitude / pass : Gain(from, to, create, other, tone);
                        rejection = Math.Min(rejection, -Decibels(leaked));
                    }
                }
            }
        }

        return new ConversionQuality(ripple, rejection, Noise(-3), Noise(-20), Noise(-40), Intermodulation(from, to, create), Delay(from, to, create));

        double Noise(double dbfs) => SignalToNoise(Convert(from, to, create, (997, 32768 * Math.Pow(10, dbfs / 20))).Output, 997, to);
    }

    private static double Decibels(double ratio) => 20 * Math.Log10(Math.Max(ratio, 1e-9));

    /// <summary>What comes out at one frequency when another is played, relative to what went in.</summary>
    private static double Gain(int from, int to, Func<IResampler> create, double played, double heard) =>
        Amplitude(Convert(from, to, create, played).Output, heard, to).Magnitude / Level;

    private static double Intermodulation(int from, int to, Func<IResampler> create)
    {
        const double first = 2600 - Offset;
        const double second = 2900 + Offset;
        double level = Level / 2;
        short[] output = Convert(from, to, create, (first, level), (second, level)).Output;
        double worst = 0;
        foreach (double product in (double[])[second - first, (2 * first) - second, (2 * second) - first])
        {
            worst = Math.Max(worst, Amplitude(output, product, to).Magnitude);
        }

        return -Decibels(worst / level);
    }

    /// <summary>Group delay from two tones 20 Hz apart (unambiguous to 50 ms), and the most that was held back at the end of a frame.</summary>
    private static double Delay(int from, int to, Func<IResampler> create)
    {
        const double low = 990;
        const double high = 1010;
        (short[] first, double held) = Convert(from, to, create, low);
        short[] second = Convert(from, to, create, high).Output;
        double turn = Amplitude(second, high, to).Phase - Amplitude(first, low, to).Phase;
        double seconds = -Math.IEEERemainder(turn, 2 * Math.PI) / (2 * Math.PI * (high - low));
        return (seconds + held) * 1000;
    }

    private static (short[] Output, double HeldSeconds) Convert(int from, int to, Func<IResampler> create, double frequency) =>
        Convert(from, to, create, (frequency, Level));

    /// <summary>Plays sines together for a second in frames of 20 ms.</summary>
    private static (short[] Output, double HeldSeconds) Convert(int from, int to, Func<IResampler> create, params (double Frequency, double Level)[] tones)
    {
        const int frames = 50;
        using IResampler resampler = create();
        var frame = new short[from / 50];
        var output = new short[to + to]; // room for one who gives more than it should
        int written = 0;
        double held = 0;
        for (int i = 0; i < frames; i++)
        {
            for (int n = 0; n < frame.Length; n++)
            {
                double sample = 0;
                foreach ((double frequency, double level) in tones)
                {
                    sample += level * Math.Sin(2 * Math.PI * frequency * ((i * frame.Length) + n) / from);
                }

                frame[n] = (short)Math.Round(sample);
            }

            written += resampler.Process(frame, output.AsSpan(written));
            if (i >= frames / 2)
            {
                held = Math.Max(held, ((i + 1) / 50.0) - ((double)written / to));
            }
        }

        return (output[..written], Math.Max(0, held));
    }

    /// <summary>The tenth of a second in which filters fill is left out.</summary>
    private static ReadOnlySpan<short> Steady(short[] samples, int rate) => samples.AsSpan(rate / 10);

    /// <summary>Magnitude and phase (of a sine, at the output's first sample) of one frequency, under a Blackman-Harris window: side lobes below -92 dB, far ones much below.</summary>
    private static (double Magnitude, double Phase) Amplitude(short[] output, double frequency, int rate)
    {
        ReadOnlySpan<short> samples = Steady(output, rate);
        var turn = System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * frequency / rate);
        var at = System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * frequency * (rate / 10) / rate);
        System.Numerics.Complex sum = 0;
        double[] window = Window(samples.Length, out double gain);
        for (int i = 0; i < samples.Length; i++)
        {
            sum += window[i] * samples[i] * at;
            at *= turn;
        }

        sum *= System.Numerics.Complex.ImaginaryOne * 2 / gain; // a sine's phase, not a cosine's
        return (sum.Magnitude, sum.Phase);
    }

    private static double[] Window(int length, out double gain)
    {
        if (t_window is not { } window || window.Length != length)
        {
            window = new double[length];
            for (int i = 0; i < length; i++)
            {
                double t = 2 * Math.PI * i / length;
                window[i] = 0.35875 - (0.48829 * Math.Cos(t)) + (0.14128 * Math.Cos(2 * t)) - (0.01168 * Math.Cos(3 * t));
            }

            t_window = window;
        }

        gain = window.Sum();
        return window;
    }

    /// <summary>The best sine of that frequency, by least squares, against what is left without it.</summary>
    private static double SignalToNoise(short[] output, double frequency, int rate)
    {
        ReadOnlySpan<short> samples = Steady(output, rate);
        double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            ss += s * s;
            cc += c * c;
            sc += s * c;
            xs += samples[i] * s;
            xc += samples[i] * c;
        }

        double determinant = (ss * cc) - (sc * sc);
        double a = ((xs * cc) - (xc * sc)) / determinant;
        double b = ((xc * ss) - (xs * sc)) / determinant;
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            double fit = (a * s) + (b * c);
            signal += fit * fit;
            noise += (samples[i] - fit) * (samples[i] - fit);
        }

        return 10 * Math.Log10(signal / noise);
    }
}
