namespace Concierge.Audio.Tests;

public sealed class FilterResponseTests
{
    [Fact]
    public void The_reported_figures_are_those_of_the_documentation()
    {
        PolyphaseFilter filter = PolyphaseFilter.For(8000, 24000);
        Assert.True(FilterResponse.RippleDb(filter, 3400) <= 0.0006);
        Assert.InRange(FilterResponse.RejectionDb(filter, 3400), 89, 90);
        Assert.InRange(FilterResponse.GainDb(filter, 4000), -7, -5); // half-way down at the cut-off
        for (double f = 100; f <= 3400; f += 100)
        {
            Assert.InRange(FilterResponse.GroupDelaySeconds(filter, f), 0.00187, 0.00188);
        }
    }

    [Theory]
    [InlineData(24000, 8000, 89)]
    [InlineData(8000, 16000, 85)]
    [InlineData(16000, 8000, 88)]
    [InlineData(8000, 48000, 85)]
    [InlineData(48000, 8000, 88)]
    public void No_image_rises_at_the_edges_of_its_band_whatever_the_ratio(int inputRate, int outputRate, double rejectionDb)
    {
        PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate);
        Assert.True(FilterResponse.RejectionDb(filter, 3400) >= rejectionDb, $"{FilterResponse.RejectionDb(filter, 3400):F2} dB");
    }

    [Fact]
    public void Minimum_phase_is_early_at_low_frequencies_and_late_at_the_edge()
    {
        PolyphaseFilter filter = PolyphaseFilter.For(24000, 8000, ResamplerProfile.MinimumPhase);
        Assert.True(FilterResponse.GroupDelaySeconds(filter, 1000) < 0.0005);
        Assert.True(FilterResponse.GroupDelaySeconds(filter, 3400) > FilterResponse.GroupDelaySeconds(filter, 1000));
        Assert.True(FilterResponse.RejectionDb(filter, 3400) >= 80);
    }
}
