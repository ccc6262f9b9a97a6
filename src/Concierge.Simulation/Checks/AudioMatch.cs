using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Checks;

/// <summary>
/// Finds what was sent in what was heard, and says how much of it arrived: offset, level, noise, gaps, clicks. Independent of the product's code; both sides are
/// brought to 8 kHz and to 250-3300 Hz first, so that the rates and slopes of the filters in between do not count as errors.
/// </summary>
public static class AudioMatch
{
    private const int Rate = 8000;
    private const int BandTaps = 255;
    private const int FrameSamples = 160;
    private const int EnvelopeSamples = 80;
    private const int MarginSteps = 6;
    private const int SincHalf = 24;
    private const int EdgeSamples = (BandTaps / 2) + SincHalf;
    private const double SpeechDb = -45;
    private const double GapDb = 25;

    /// <summary>Compares a reference with the place in a recording that is most like it.</summary>
    /// <param name="reference">What was sent: one channel of PCM16, at least 200 ms.</param>
    /// <param name="referenceRate">Its rate in hertz.</param>
    /// <param name="heard">The recording, not shorter than the reference.</param>
    /// <param name="heardRate">Its rate in hertz.</param>
    /// <returns>Where it lies and how well it was kept.</returns>
    /// <exception cref="ArgumentException">The reference is too short, or longer than the recording.</exception>
    /// <remarks>To look only in a part of the recording, pass that part.</remarks>
    public static AudioMatchResult Compare(ReadOnlySpan<short> reference, int referenceRate, ReadOnlySpan<short> heard, int heardRate)
    {
        if (reference.Length < referenceRate / 5 || (long)heard.Length * referenceRate < (long)reference.Length * heardRate)
        {
            throw new ArgumentException(
                $"A reference of {reference.Length * 1000L / referenceRate} ms cannot be looked for in {heard.Length * 1000L / heardRate} ms.", nameof(reference));
        }

        // Only the place that is alike is converted and filtered, with a little on both sides.
        int lag = CoarseLag(Envelope(reference, referenceRate / 100), Envelope(heard, heardRate / 100));
        int first = Math.Max(0, lag - MarginSteps);
        int end = (int)Math.Min(heard.Length, ((long)(lag + MarginSteps) * heardRate / 100) + ((long)reference.Length * heardRate / referenceRate));
        double[] r = BandPass(OfflineResampler.Convert(reference, referenceRate, Rate));
        double[] h = BandPass(OfflineResampler.Convert(heard[(first * heardRate / 100)..end], heardRate, Rate));
        int offset = FineOffset(r, h, (lag - first) * EnvelopeSamples);
        double fraction = Fraction(r, h, offset);
        double[] aligned = Shift(r, fraction);

        // The filters know nothing of what lies before and behind the reference: its edges are left out.
        double rr = 0;
        double rh = 0;
        double hh = 0;
        for (int i = EdgeSamples; i < r.Length - EdgeSamples; i++)
        {
            double sample = At(h, offset + i);
            rr += aligned[i] * aligned[i];
            rh += aligned[i] * sample;
            hh += sample * sample;
        }

        double gain = rr > 0 ? rh / rr : 0;
        double noise = Math.Max(hh - (gain * rh), 1e-9);
        return new AudioMatchResult(
            (first * 10) + ((offset + fraction) * 1000.0 / Rate),
            rr > 0 && hh > 0 ? rh / Math.Sqrt(rr * hh) : 0,
            20 * Math.Log10(Math.Max(Math.Abs(gain), 1e-9)),
            10 * Math.Log10(Math.Max(gain * gain * rr, 1e-9) / noise),
            Gaps(aligned, h, offset),
            EdgeExcess(aligned, h, offset, gain, out double worst),
            20 * Math.Log10(Math.Max(worst, 1e-3) / 32768));
    }

    // Linear phase, delay taken out: the output lies where the input lay.
    private static double[] BandPass(short[] source)
    {
        const int Half = BandTaps / 2;
        var taps = new double[BandTaps];
        for (int k = 0; k < BandTaps; k++)
        {
            int t = k - Half;
            double window = 0.42 + (0.5 * Math.Cos(Math.PI * t / (Half + 1))) + (0.08 * Math.Cos(2 * Math.PI * t / (Half + 1)));
            taps[k] = window * (LowPass(t, 3300) - LowPass(t, 250));
        }

        var target = new double[source.Length];
        for (int n = 0; n < source.Length; n++)
        {
            double sum = 0;
            int from = Math.Max(0, Half - n);
            int to = Math.Min(BandTaps, source.Length + Half - n);
            for (int k = from; k < to; k++)
            {
                sum += taps[k] * source[n + k - Half];
            }

            target[n] = sum;
        }

        return target;

        static double LowPass(int t, double hertz) => t == 0 ? 2 * hertz / Rate : Math.Sin(2 * Math.PI * hertz * t / Rate) / (Math.PI * t);
    }

    // By the shape of the loudness, 10 ms a step: cheap enough to look everywhere.
    private static int CoarseLag(double[] r, double[] h)
    {
        int best = 0;
        double most = double.NegativeInfinity;
        for (int lag = 0; lag <= h.Length - r.Length; lag++)
        {
            double sum = 0;
            double energy = 1e-9;
            for (int i = 0; i < r.Length; i++)
            {
                sum += r[i] * h[lag + i];
                energy += h[lag + i] * h[lag + i];
            }

            double likeness = sum / Math.Sqrt(energy);
            if (likeness > most)
            {
                most = likeness;
                best = lag;
            }
        }

        return best;
    }

    private static double[] Envelope(ReadOnlySpan<short> samples, int step)
    {
        var envelope = new double[samples.Length / step];
        for (int i = 0; i < envelope.Length; i++)
        {
            long sum = 0;
            foreach (short sample in samples.Slice(i * step, step))
            {
                sum += Math.Abs((int)sample);
            }

            envelope[i] = Math.Sqrt((double)sum / step);
        }

        return envelope;
    }

    private static int FineOffset(double[] r, double[] h, int coarse)
    {
        int best = coarse;
        double most = double.NegativeInfinity;
        for (int offset = coarse - (2 * EnvelopeSamples); offset <= coarse + (2 * EnvelopeSamples); offset++)
        {
            double sum = Product(r, h, offset);
            if (sum > most)
            {
                most = sum;
                best = offset;
            }
        }

        return best;
    }

    // The top of the parabola through three values, then the best of the sixty-fourths around it.
    private static double Fraction(double[] r, double[] h, int offset)
    {
        double before = Product(r, h, offset - 1);
        double at = Product(r, h, offset);
        double after = Product(r, h, offset + 1);
        double curve = before - (2 * at) + after;
        double guess = curve < 0 ? Math.Clamp(0.5 * (before - after) / curve, -0.5, 0.5) : 0;
        double best = guess;
        double most = double.NegativeInfinity;
        for (int step = -6; step <= 6; step++)
        {
            double fraction = guess + (step / 64.0);
            double sum = Product(Shift(r, fraction), h, offset);
            if (sum > most)
            {
                most = sum;
                best = fraction;
            }
        }

        return best;
    }

    private static double Product(double[] r, double[] h, int offset)
    {
        double sum = 0;
        int from = Math.Max(0, -offset);
        int to = Math.Min(r.Length, h.Length - offset);
        for (int i = from; i < to; i++)
        {
            sum += r[i] * h[offset + i];
        }

        return sum;
    }

    /// <summary>Delays by a fraction of a sample.</summary>
    private static double[] Shift(double[] source, double delay)
    {
        if (Math.Abs(delay) < 1e-6)
        {
            return source;
        }

        var taps = new double[2 * SincHalf];
        for (int k = 0; k < taps.Length; k++)
        {
            double t = k - SincHalf + delay;
            double window = Math.Abs(t) >= SincHalf ? 0 : 0.5 + (0.5 * Math.Cos(Math.PI * t / SincHalf));
            taps[k] = window * (Math.Abs(t) < 1e-9 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t));
        }

        var target = new double[source.Length];
        for (int n = 0; n < target.Length; n++)
        {
            double sum = 0;
            for (int k = 0; k < taps.Length; k++)
            {
                int at = n + k - SincHalf;
                if (at >= 0 && at < source.Length)
                {
                    sum += taps[k] * source[at];
                }
            }

            target[n] = sum;
        }

        return target;
    }

    private static int Gaps(double[] r, double[] h, int offset)
    {
        int gaps = 0;
        for (int start = 0; start + EnvelopeSamples <= r.Length; start += EnvelopeSamples)
        {
            double sent = 1e-9;
            double got = 1e-9;
            for (int i = start; i < start + EnvelopeSamples; i++)
            {
                double sample = At(h, offset + i);
                sent += r[i] * r[i];
                got += sample * sample;
            }

            if (Loudness.FromPower(sent / EnvelopeSamples) > SpeechDb && 10 * Math.Log10(sent / got) > GapDb)
            {
                gaps++;
            }
        }

        return gaps * 10;
    }

    private static double EdgeExcess(double[] r, double[] h, int offset, double gain, out double worst)
    {
        var errors = new double[FrameSamples];
        worst = 0;
        for (int i = EdgeSamples; i < r.Length - EdgeSamples; i++)
        {
            double error = At(h, offset + i) - (gain * r[i]);
            worst = Math.Max(worst, Math.Abs(error));
            errors[(((offset + i) % FrameSamples) + FrameSamples) % FrameSamples] += error * error;
        }

        // The band-pass spreads a click over some samples; look at eight at a time.
        var smooth = new double[FrameSamples];
        for (int i = 0; i < FrameSamples; i++)
        {
            for (int k = 0; k < 8; k++)
            {
                smooth[i] += errors[(i + k) % FrameSamples];
            }
        }

        // Below -75 dBFS there is nothing to hear, and everything is excess over nothing.
        double floor = 8.0 * r.Length / FrameSamples * Math.Pow(32768 * Math.Pow(10, -75 / 20.0), 2);
        double most = smooth.Max();
        Array.Sort(smooth);
        return 10 * Math.Log10((most + floor) / (smooth[FrameSamples / 2] + floor));
    }

    private static double At(double[] samples, int index) => index >= 0 && index < samples.Length ? samples[index] : 0;
}
