namespace Concierge.Audio.Tests;

/// <summary>The figures that the profiles promise, measured on what the kernel gives: tones in, amplitudes out.</summary>
public sealed class ResamplerQualityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ResamplerProfile.LowLatency, 0.95, 1.0, 49)]
    [InlineData(ResamplerProfile.Balanced, 1.9, 0.01, 89)]
    [InlineData(ResamplerProfile.HighFidelity, 2.9, 0.002, 109)]
    [InlineData(ResamplerProfile.MinimumPhase, 0.5, 0.02, 80)]
    public void A_profile_keeps_its_figures_in_both_directions(ResamplerProfile profile, double delayMilliseconds, double rippleDb, double rejectionDb)
    {
        PolyphaseFilter up = PolyphaseFilter.For(8000, 24000, profile);
        PolyphaseFilter down = PolyphaseFilter.For(24000, 8000, profile);
        double upRipple = 0;
        double downRipple = 0;
        double image = 0;
        double alias = 0;
        for (double f = 100; f <= 3400; f += 100)
        {
            double pass = Response(up, f);
            upRipple = Math.Max(upRipple, Math.Abs(20 * Math.Log10(pass)));
            downRipple = Math.Max(downRipple, Math.Abs(20 * Math.Log10(Response(down, f))));
            image = Math.Max(image, Math.Max(Response(up, 8000 - f), Response(up, 8000 + f)) / pass);
            alias = Math.Max(alias, Math.Max(Response(down, 8000 - f), Response(down, 8000 + f)));
        }

        output.WriteLine($"{profile}: delay {up.GroupDelaySeconds * 1000:F3} ms, ripple up {upRipple:F5} down {downRipple:F5} dB, images {20 * Math.Log10(image):F1} dB, aliases {20 * Math.Log10(alias):F1} dB");
        Assert.True(up.GroupDelaySeconds * 1000 <= delayMilliseconds && down.GroupDelaySeconds * 1000 <= delayMilliseconds, $"delay {up.GroupDelaySeconds * 1000} ms");
        Assert.True(upRipple <= rippleDb && downRipple <= rippleDb, $"ripple {upRipple} and {downRipple} dB");
        Assert.True(-20 * Math.Log10(Math.Max(image, alias)) >= rejectionDb, $"images {20 * Math.Log10(image):F2} dB, aliases {20 * Math.Log10(alias):F2} dB");
    }

    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(24000, 8000)]
    public void A_997_Hz_tone_at_minus_3_dBFS_keeps_90_dB_of_signal_to_noise(int inputRate, int outputRate)
    {
        PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate);
        short[] result = ResamplerSplitTests.Whole(filter, Signals.Tone(inputRate, 997, inputRate, -3));
        double ratio = Signals.SignalToNoise(result.AsSpan(outputRate / 10), 997, outputRate);
        output.WriteLine($"{inputRate} -> {outputRate}: {ratio:F1} dB");
        Assert.True(ratio >= 90, $"{ratio:F1} dB");
    }

    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(24000, 8000)]
    public void The_impulse_comes_out_after_the_reported_latency(int inputRate, int outputRate)
    {
        foreach (ResamplerProfile profile in (ResamplerProfile[])[ResamplerProfile.LowLatency, ResamplerProfile.Balanced, ResamplerProfile.HighFidelity])
        {
            var stage = new ResamplerStage(inputRate, outputRate, profile);
            var impulse = new short[480];
            impulse[0] = 30000;
            var result = new short[stage.Filter.MaxOutputSamples(480)];
            stage.Process(impulse, result);
            int peak = result.IndexOf(result.Max());
            Assert.Equal(stage.LatencySamples, peak);
            for (int i = 1; i <= peak && profile == ResamplerProfile.HighFidelity; i++)
            {
                Assert.Equal(result[peak - i], result[peak + i]); // strictly linear phase
            }
        }
    }

    [Theory]
    [MemberData(nameof(ResamplerSplitTests.Pairs), MemberType = typeof(ResamplerSplitTests))]
    public void The_worst_sign_pattern_at_full_scale_saturates_and_never_wraps(int inputRate, int outputRate)
    {
        foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
        {
            PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate, profile);
            for (int phase = 0; phase < filter.Interpolation; phase++)
            {
                // Every product of that phase at its largest and of one sign, then of the other.
                var input = new short[filter.TapsPerPhase];
                for (int i = 0; i < input.Length; i++)
                {
                    input[i] = filter.Phase(phase)[i] >= 0 ? short.MaxValue : short.MinValue;
                }

                var result = ResamplerSplitTests.Whole(filter, input);
                long start = ((long)(input.Length - 1) * filter.Interpolation) + phase;
                if (start % filter.Decimation == 0)
                {
                    double exact = 0;
                    for (int i = 0; i < input.Length; i++)
                    {
                        exact += (double)input[i] * filter.Phase(phase)[i];
                    }

                    Assert.Equal((short)Math.Clamp(Math.Round(exact), short.MinValue, short.MaxValue), result[start / filter.Decimation]);
                }
            }
        }
    }

    [Fact]
    public void A_calls_state_is_a_few_hundred_bytes()
    {
        foreach ((int input, int to) in ((int, int)[])[(8000, 24000), (24000, 8000), (8000, 48000), (48000, 8000)])
        {
            int bytes = PolyphaseFilter.For(input, to).CreateState().SizeInBytes;
            output.WriteLine($"{input} -> {to}: {bytes} bytes per direction of a call");
            Assert.InRange(bytes, 1, 600);
        }
    }

    /// <summary>Gain at a frequency of the filter's own rate, relative to a perfect conversion; from the very coefficients that the kernel uses.</summary>
    private static double Response(PolyphaseFilter filter, double frequency)
    {
        double re = 0;
        double im = 0;
        double rate = (double)filter.InputRate * filter.Interpolation;
        for (int phase = 0; phase < filter.Interpolation; phase++)
        {
            ReadOnlySpan<float> taps = filter.Phase(phase);
            for (int k = 0; k < taps.Length; k++)
            {
                int n = ((taps.Length - 1 - k) * filter.Interpolation) + phase;
                (double sin, double cos) = Math.SinCos(2 * Math.PI * frequency * n / rate);
                re += taps[k] * cos;
                im += taps[k] * sin;
            }
        }

        return Math.Sqrt((re * re) + (im * im)) / filter.Interpolation;
    }
}
