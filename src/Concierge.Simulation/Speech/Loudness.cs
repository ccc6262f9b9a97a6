namespace Concierge.Simulation.Speech;

/// <summary>Levels as the twin hears them: 0 dBFS is a full-scale square wave.</summary>
internal static class Loudness
{
    /// <summary>The level of silence: nothing is reported below it.</summary>
    public const double FloorDb = -96;

    public static double Db(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty)
        {
            return FloorDb;
        }

        long sum = 0;
        foreach (short sample in samples)
        {
            sum += sample * sample;
        }

        return FromPower((double)sum / samples.Length);
    }

    public static double FromPower(double meanSquare) =>
        meanSquare <= 0 ? FloorDb : Math.Max(FloorDb, 10 * Math.Log10(meanSquare / (32768.0 * 32768.0)));
}
