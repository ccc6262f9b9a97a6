namespace Concierge.Audio.Tests;

/// <summary>The kept taps are what they are said to be. <see cref="TripleTapsSearchTests"/> makes them anew.</summary>
public sealed class TripleTapsTests
{
    [Fact]
    public void They_keep_the_figures_that_a_design_of_as_many_taps_at_that_delay_has()
    {
        PolyphaseFilter filter = PolyphaseFilter.For(8000, 24000);
        Assert.Equal((TripleTaps.TapsPerPhase, TripleTaps.Half), (filter.TapsPerPhase, filter.ReachInSamples));
        Assert.Equal(0.001875, filter.GroupDelaySeconds, 1e-6);
        Assert.True(FilterResponse.RippleDb(filter, 3400) <= 0.0006, $"{FilterResponse.RippleDb(filter, 3400):F5} dB");
        Assert.True(FilterResponse.RejectionDb(filter, 3400) >= 89.1, $"{FilterResponse.RejectionDb(filter, 3400):F3} dB");
        Assert.True(FilterResponse.RejectionDb(filter, 1200) >= 100, $"{FilterResponse.RejectionDb(filter, 1200):F3} dB"); // where speech has its power
    }

    [Fact]
    public void The_filter_has_them_to_the_last_bit()
    {
        PolyphaseFilter filter = PolyphaseFilter.For(8000, 24000);
        for (int k = 0; k < TripleTaps.TapsPerPhase; k++)
        {
            int newest = TripleTaps.TapsPerPhase - 1 - k;
            Assert.Equal(k == TripleTaps.Half ? 1 : 0, filter.Phase(0)[newest]);
            Assert.Equal(TripleTaps.Phase1[k] / 131072f, filter.Phase(1)[newest]);
            Assert.Equal(TripleTaps.Phase2[k] / 131072f, filter.Phase(2)[newest]);
        }
    }

    [Fact]
    public void The_loudest_are_multiples_of_the_coarse_step_and_take_no_fine_product()
    {
        foreach (int tap in (int[])[.. TripleTaps.Phase1[TripleTaps.FirstCoarse..(TripleTaps.LastCoarse + 1)], .. TripleTaps.Phase2[TripleTaps.FirstCoarse..(TripleTaps.LastCoarse + 1)]])
        {
            Assert.Equal(0, tap % (1 << TripleTaps.LowerBits));
        }

        // Pair j has taps 2j - 1 to 2j + 1: pairs 6 to 9 are coarse, all others fine.
        FirPlan plan = PolyphaseFilter.For(8000, 24000).Plan!;
        Assert.Equal([new FirSegment(0, 6), new FirSegment(-20, 9), new FirSegment(-12, 4)], plan.Segments);
        Assert.Equal(2, plan.FineSegments);
    }
}
