namespace Concierge.Audio.Tests;

public sealed class FilterResponseTests
{
    [Fact]
    public void The_reported_figures_are_those_of_the_documentation()
    {
        PolyphaseFilter filter = PolyphaseFilter.For(8000, 24000);
        Assert.True(FilterResponse.RippleDb(filter, 3400) <= 0.0012);
        Assert.InRange(FilterResponse.RejectionDb(filter, 3400), 82, 84);
        Assert.InRange(FilterResponse.GainDb(filter, 4000), -7, -5); // half-way down at the cut-off
        for (double f = 100; f <= 3400; f += 100)
        {
            Assert.InRange(FilterResponse.GroupDelaySeconds(filter, f), 0.00187, 0.00188);
        }
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
