namespace Concierge.Audio;

/// <summary>The balanced profile's taps to three times the rate, 8 to 24 kHz first of all: found by a search, not designed when they are needed.</summary>
/// <remarks>
/// <para>Integers, so that each pair of taps takes one product: the loudest, taps <see cref="FirstCoarse"/> to <see cref="LastCoarse"/> of each phase, are multiples of 2^-14 and have no fine
/// coefficient (see <see cref="FirPlan"/>), the others go on to 17 bits behind the point. Rounding a design one tap after the other ends at 87 dB of rejection at best, where these have 89.</para>
/// <para>The command that finds them anew, in some seconds:
/// <c>dotnet run -c Release --project tests/Concierge.Audio.Tests -- -explicit only -showliveoutput -class Concierge.Audio.Tests.TripleTapsSearchTests</c>.
/// <c>docs/decisions/0001-resampler-filters.md</c> says how the search goes.</para>
/// </remarks>
internal static class TripleTaps
{
    /// <summary>R.</summary>
    public const int Ratio = 3;

    /// <summary>The delay in samples of the low rate.</summary>
    public const int Half = 15;

    /// <summary>Taps of each phase.</summary>
    public const int TapsPerPhase = 37;

    /// <summary>Bits of each tap beyond the 14.</summary>
    public const int LowerBits = 3;

    /// <summary>The first tap of a phase that is a multiple of 2^-14.</summary>
    public const int FirstCoarse = 11;

    /// <summary>The last one.</summary>
    public const int LastCoarse = 19;

    /// <summary>Phase 1's taps, that of the newest sample first, times 2^17. Phase 0 is a copy.</summary>
    public static ReadOnlySpan<int> Phase1 =>
    [
        9, -29, 67, -134, 247, -428, 702, -1114, 1723, -2623, 3984,
        -6152, 9968, -18280, 51048, 111232, -29568, 17544, -12456, 9496,
        -7468, 5944, -4738, 3754, -2940, 2268, -1717, 1270, -915, 639, -430, 277, -169, 96, -50, 22, -6,
    ];

    /// <summary>Phase 2's taps.</summary>
    public static ReadOnlySpan<int> Phase2 =>
    [
        9, -30, 71, -143, 264, -458, 756, -1205, 1877, -2884, 4437,
        -6992, 11760, -23560, 105112, 57160, -24264, 15712, -11560, 8976,
        -7134, 5712, -4566, 3621, -2834, 2182, -1647, 1213, -869, 603, -403, 258, -156, 88, -46, 21, -6,
    ];

    /// <summary>The prototype, as <see cref="NyquistDesigner.Design"/> gives one.</summary>
    public static double[] Prototype()
    {
        const double Unit = 1.0 / (Ratio << (FirPlan.FractionBits + LowerBits));
        var prototype = new double[Ratio * TapsPerPhase];
        prototype[Ratio * Half] = 1.0 / Ratio;
        for (int k = 0; k < TapsPerPhase; k++)
        {
            prototype[(Ratio * k) + 1] = Phase1[k] * Unit;
            prototype[(Ratio * k) + 2] = Phase2[k] * Unit;
        }

        return prototype;
    }
}
