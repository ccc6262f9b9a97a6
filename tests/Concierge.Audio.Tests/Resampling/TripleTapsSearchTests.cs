namespace Concierge.Audio.Tests;

/// <summary>Makes <see cref="TripleTaps"/> anew. It takes seconds of a whole processor and hangs on the last bit of a sine, so it runs only when asked for: <c>-explicit only</c>.</summary>
public sealed class TripleTapsSearchTests(ITestOutputHelper output)
{
    private const int Restarts = 100;
    private const int Seed = 3;

    [Fact(Explicit = true)]
    public void The_search_gives_the_taps_that_are_kept()
    {
        (int[] phase1, int[] phase2) = new TapSearch(Seed).Run(Restarts, (restart, rejection) => output.WriteLine($"restart {restart}: {rejection:F3} dB"));
        output.WriteLine($"phase 1: {string.Join(", ", phase1)}");
        output.WriteLine($"phase 2: {string.Join(", ", phase2)}");
        Assert.Equal(TripleTaps.Phase1.ToArray(), phase1);
        Assert.Equal(TripleTaps.Phase2.ToArray(), phase2);
    }
}
