namespace Concierge.Audio.Tests;

/// <summary>Every rung, profile and pair of rates against a plain double-precision convolution, and against each other.</summary>
public sealed class ResamplerLadderTests
{
    [Theory]
    [MemberData(nameof(ResamplerSplitTests.Pairs), MemberType = typeof(ResamplerSplitTests))]
    public void Every_rung_gives_the_convolution_to_the_nearest_integer(int inputRate, int outputRate)
    {
        short[] input = Signals.Noise(1483, 21, 14000);
        foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
        {
            PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate, profile);
            double[] exact = Convolve(filter, input);
            short[]? first = null;
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                if (!SimdSupport.IsSupported(level))
                {
                    continue;
                }

                PolyphaseState state = filter.CreateState();
                var output = new short[filter.MaxOutputSamples(input.Length)];
                Assert.Equal(exact.Length, PolyphaseResampler.Process(level, filter, ref state, input, output));
                for (int i = 0; i < exact.Length; i++)
                {
                    // The sum is off by a few thousandths, so only near a half may it round the other way.
                    Assert.True(Math.Abs(Math.Clamp(exact[i], -32768, 32767) - output[i]) <= 0.51, $"{profile} {level}: sample {i} is {output[i]}, exactly {exact[i]:F4}");
                }

                first ??= output;
                Assert.Equal(first, output);
            }
        }
    }

    [Theory]
    [MemberData(nameof(ResamplerSplitTests.Pairs), MemberType = typeof(ResamplerSplitTests))]
    public void No_32_bit_sum_can_overflow(int inputRate, int outputRate)
    {
        foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
        {
            if (PolyphaseFilter.For(inputRate, outputRate, profile).Plan is not { } plan)
            {
                continue; // L and M both exceed 1
            }

            for (int sum = 0; sum < 2 * plan.Outputs; sum++)
            {
                // Full scale is 2^15: what the coefficients amount to at most, before the shift and after all.
                long fine = 0;
                long all = 0;
                int at = sum;
                for (int s = 0; s < plan.Segments.Length; s++)
                {
                    all = s == plan.FineSegments ? fine >> plan.LowerBits : all;
                    for (int j = 0; j < plan.Segments[s].Pairs; j++, at += 2 * plan.Outputs)
                    {
                        int pair = plan.Coefficients[at];
                        int loudness = Math.Abs((int)(short)pair) + Math.Abs(pair >> 16);
                        fine += s < plan.FineSegments ? loudness : 0;
                        all += loudness;
                    }
                }

                Assert.True((fine * 32768) + plan.Rounding <= int.MaxValue, $"{profile}: fine coefficients amount to {fine}");
                Assert.True((all * 32768) + plan.Rounding <= int.MaxValue, $"{profile}: coefficients amount to {all}");
            }
        }
    }

    [Fact]
    public void A_single_tap_takes_one_pair_of_samples_wherever_it_stands()
    {
        for (int at = 0; at < 8; at++)
        {
            var taps = new double[8];
            taps[at] = 0.125;
            FirSegment segment = Assert.Single(new FirPlan([[taps]], stride: 0, lowerBits: 2).Segments);
            Assert.Equal(1, segment.Pairs);
            Assert.InRange(segment.Offset, -at, 0);
        }
    }

    [Fact]
    public void Pairs_without_a_coefficient_are_left_out_wherever_they_lie()
    {
        // Taps 5 to 9 leave nothing to the fine sums once they have a coarse coefficient; taps 0 and 14 are fine alone.
        var taps = new double[16];
        taps.AsSpan(5, 5).Fill(0.75);
        taps[0] = taps[14] = 1.0 / (1 << 17);
        var plan = new FirPlan([[taps]], stride: 0, lowerBits: 3);
        Assert.Equal([new FirSegment(0, 1), new FirSegment(-14, 1)], plan.Segments[..plan.FineSegments]);
        Assert.Equal(3, Assert.Single(plan.Segments[plan.FineSegments..]).Pairs);

        PolyphaseFilter filter = PolyphaseFilter.For(8000, 24000);
        Assert.Equal((filter.TapsPerPhase / 2) + 1, filter.Plan!.Segments.Sum(segment => segment.Pairs)); // one product for each pair of taps
    }

    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(24000, 8000)]
    public void Frame_by_frame_every_rung_gives_what_the_scalar_form_gives_of_the_whole(int inputRate, int outputRate)
    {
        int frame = inputRate / 50;
        short[] input = Signals.Noise(12 * frame, 5, 32767);
        foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
        {
            PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate, profile);
            PolyphaseState whole = filter.CreateState();
            var expected = new short[12 * outputRate / 50];
            Assert.Equal(expected.Length, PolyphaseResampler.Process(SimdLevel.Scalar, filter, ref whole, input, expected));
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                PolyphaseState state = filter.CreateState();
                var output = new short[expected.Length];
                int written = 0;
                for (int at = 0; at < input.Length && SimdSupport.IsSupported(level); at += frame)
                {
                    written += PolyphaseResampler.Process(level, filter, ref state, input.AsSpan(at, frame), output.AsSpan(written));
                }

                Assert.True(!SimdSupport.IsSupported(level) || output.AsSpan().SequenceEqual(expected), $"{profile} {level}");
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_after_construction()
    {
        foreach ((int from, int to) in ((int, int)[])[(8000, 24000), (24000, 8000), (8000, 48000), (16000, 24000)])
        {
            var stage = new ResamplerStage(from, to);
            var input = new short[from / 50];
            var output = new short[stage.Filter.MaxOutputSamples(input.Length)];
            for (int i = 0; i < 50; i++)
            {
                stage.Process(input, output);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 200; i++)
            {
                stage.Process(input, output);
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Nothing_beyond_the_output_is_written()
    {
        foreach ((int from, int to) in ((int, int)[])[(8000, 24000), (24000, 8000), (8000, 16000), (48000, 8000)])
        {
            for (int count = 0; count <= 200; count++)
            {
                var stage = new ResamplerStage(from, to);
                var output = new short[stage.Filter.MaxOutputSamples(count) + 40];
                Array.Fill(output, (short)12345);
                int written = stage.Process(Signals.Noise(count, count), output.AsSpan(0, output.Length - 40));
                Assert.All(output[written..], sample => Assert.Equal(12345, sample));
            }
        }
    }

    [Fact]
    public void An_unsupported_pair_is_refused_by_name()
    {
        string message = Assert.Throws<ArgumentException>(() => PolyphaseFilter.For(8000, 44100)).Message;
        Assert.Contains("44100", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PolyphaseFilter.For(8000, 8000));
        Assert.Throws<ArgumentException>(() => PolyphaseFilter.For(8000, 24000, (ResamplerProfile)9));
    }

    private static double[] Convolve(PolyphaseFilter filter, short[] input)
    {
        var output = new double[PolyphaseResampler.OutputSamples(filter, 0, input.Length)];
        for (int m = 0; m < output.Length; m++)
        {
            (int index, int phase) = Math.DivRem(m * filter.Decimation, filter.Interpolation);
            ReadOnlySpan<float> taps = filter.Phase(phase);
            for (int k = 0; k < taps.Length; k++)
            {
                int at = index - taps.Length + 1 + k;
                output[m] += at < 0 ? 0 : (double)taps[k] * input[at];
            }
        }

        return output;
    }
}
