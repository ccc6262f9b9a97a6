using System.Collections.Concurrent;

namespace Concierge.Audio;

/// <summary>
/// The filter of one rational rate conversion, split into its phases: designed once, immutable, shared by every call. A call owns only a <see cref="PolyphaseState"/>.
/// </summary>
/// <remarks>Safe from any thread. The first <see cref="For"/> of a pair and profile designs it (milliseconds); later ones return the same object.</remarks>
public sealed class PolyphaseFilter
{
    private static readonly ConcurrentDictionary<(int, int, ResamplerProfile), PolyphaseFilter> s_cache = new();

    /// <summary>The half width of the transition band as a fraction of the cut-off: 3.4 kHz to 4.6 kHz around 4 kHz.</summary>
    internal const double Rolloff = 0.15;

    private readonly float[] _coefficients;

    private PolyphaseFilter(int inputRate, int outputRate, ResamplerProfile profile)
    {
        int divisor = GreatestCommonDivisor(inputRate, outputRate);
        InputRate = inputRate;
        OutputRate = outputRate;
        Profile = profile;
        Interpolation = outputRate / divisor;
        Decimation = inputRate / divisor;
        int ratio = Math.Max(Interpolation, Decimation);
        bool searched = profile == ResamplerProfile.Balanced && Interpolation == 3 && Decimation == 1;
        (int half, int taps, int lowerBits) = profile switch
        {
            ResamplerProfile.LowLatency => (7, 18, 3),
            ResamplerProfile.HighFidelity => (23, 46, 8),
            ResamplerProfile.MinimumPhase => (17, 34, 8),
            _ when searched => (TripleTaps.Half, TripleTaps.TapsPerPhase, TripleTaps.LowerBits),
            _ => (15, 37, Decimation > 1 ? 4 : 2), // down, 16 bits hear an alias of half a step louder than it is: it must lie lower than an image
        };

        bool exact = Interpolation > 1 && Decimation > 1; // there single precision is kept
        lowerBits += Decimation > 1 ? 1 : 0; // whose coefficients are smaller, not being scaled by L
        double unit = profile == ResamplerProfile.Balanced && !exact ? 1.0 / (Interpolation << (FirPlan.FractionBits + lowerBits)) : 0;
        double[] prototype = searched ? TripleTaps.Prototype() : NyquistDesigner.Design(ratio, half, taps, Rolloff, unit);
        if (profile == ResamplerProfile.MinimumPhase)
        {
            prototype = MinimumPhase.From(prototype);
        }

        double prototypeRate = (double)inputRate * Interpolation;
        GroupDelaySeconds = DelayAt(prototype, 1000 / prototypeRate) / prototypeRate;
        TapsPerPhase = (prototype.Length + Interpolation - 1) / Interpolation;
        _coefficients = new float[Interpolation * TapsPerPhase];
        ReachInSamples = half;
        HasSingleTapPhase = profile != ResamplerProfile.MinimumPhase;
        HasFrameKernel = HasSingleTapPhase && Interpolation == 3 && Decimation == 1;
        for (int i = 0; i < prototype.Length; i++)
        {
            // Reversed inside each phase: a phase is then a dot product with the samples in the order of time.
            double tap = prototype[i] * Interpolation;
            _coefficients[((i % Interpolation) * TapsPerPhase) + TapsPerPhase - 1 - (i / Interpolation)] = (float)(exact ? tap : FirPlan.Rounded(tap, lowerBits));
        }

        double[][] branches = BranchesOf(prototype, ratio, Interpolation);
        Plan = exact ? null
            : Decimation > 1 ? new FirPlan([branches], PolyphaseResampler.Row, lowerBits)
            : new FirPlan(Array.ConvertAll(HasSingleTapPhase ? branches[1..] : branches, phase => new[] { phase }), 0, lowerBits);
    }

    /// <summary>Samples per second of the input.</summary>
    public int InputRate { get; }

    /// <summary>Samples per second of the output.</summary>
    public int OutputRate { get; }

    /// <summary>The profile it was designed for.</summary>
    public ResamplerProfile Profile { get; }

    /// <summary>L: the rate of the filter is L times the input's.</summary>
    public int Interpolation { get; }

    /// <summary>M: every M-th sample of the filter's rate is an output sample.</summary>
    public int Decimation { get; }

    /// <summary>Input samples of the past that each output needs: what a call's state holds.</summary>
    public int HistoryLength => TapsPerPhase - 1;

    /// <summary>The delay that the conversion adds, in seconds: exact at all frequencies for the linear-phase profiles, that at 1 kHz for <see cref="ResamplerProfile.MinimumPhase"/>.</summary>
    public double GroupDelaySeconds { get; }

    internal int TapsPerPhase { get; }

    /// <summary>True: phase (or branch) 0 has one tap, that of the sample <see cref="ReachInSamples"/> ago; an interpolator's is 1, a copy.</summary>
    internal bool HasSingleTapPhase { get; }

    /// <summary>True: <see cref="TripleFrame512"/> and <see cref="TripleFrameVnni"/> convert a 20 ms frame by it.</summary>
    internal bool HasFrameKernel { get; }

    /// <summary>The delay in samples of the lower rate.</summary>
    internal int ReachInSamples { get; }

    /// <summary>An interpolator's phases, but for a copy; or a decimator's branches in one. None where both L and M exceed 1.</summary>
    internal FirPlan? Plan { get; }

    /// <summary>The shared filter of a pair of rates.</summary>
    /// <param name="inputRate">8000, 16000, 24000 or 48000 Hz.</param>
    /// <param name="outputRate">8000, 16000, 24000 or 48000 Hz, not the input's.</param>
    /// <param name="profile">What to trade.</param>
    /// <exception cref="ArgumentException">The pair is none of 8↔16, 8↔24, 8↔48, 16↔24, 24↔48 kHz, or 16↔48; or the profile is unknown. The message lists the pairs.</exception>
    public static PolyphaseFilter For(int inputRate, int outputRate, ResamplerProfile profile = ResamplerProfile.Balanced)
    {
        if (!IsSupported(inputRate, outputRate))
        {
            throw new ArgumentException($"No filter from {inputRate} Hz to {outputRate} Hz: both rates must be of 8000, 16000, 24000 and 48000 Hz, and differ.");
        }

        if (profile is < ResamplerProfile.LowLatency or > ResamplerProfile.MinimumPhase)
        {
            throw new ArgumentException($"Unknown resampler profile {(int)profile}.", nameof(profile));
        }

        return s_cache.GetOrAdd((inputRate, outputRate, profile), static key => new PolyphaseFilter(key.Item1, key.Item2, key.Item3));
    }

    /// <summary>True when <see cref="For"/> has a filter for the pair.</summary>
    /// <param name="inputRate">Hz.</param>
    /// <param name="outputRate">Hz.</param>
    public static bool IsSupported(int inputRate, int outputRate) =>
        inputRate is 8000 or 16000 or 24000 or 48000 && outputRate is 8000 or 16000 or 24000 or 48000 && inputRate != outputRate;

    /// <summary>A state that has heard only silence. It allocates: make it when the call begins.</summary>
    public PolyphaseState CreateState() => new(HistoryLength);

    /// <summary>The most samples that any call with so many input samples can give: the size of a destination that always fits.</summary>
    /// <param name="inputSamples">Input samples of one call, not negative.</param>
    public int MaxOutputSamples(int inputSamples) => (int)((((long)inputSamples * Interpolation) + Decimation - 1) / Decimation);

    /// <summary>The coefficients of one phase in the order of time (oldest sample first), scaled by L.</summary>
    internal ReadOnlySpan<float> Phase(int phase) => _coefficients.AsSpan(phase * TapsPerPhase, TapsPerPhase);

    /// <summary>The prototype's taps p, p + R, p + 2R ... for each p below R, newest sample first, scaled.</summary>
    private static double[][] BranchesOf(double[] prototype, int ratio, int scale)
    {
        var branches = new double[ratio][];
        for (int p = 0; p < ratio; p++)
        {
            branches[p] = new double[prototype.Length / ratio];
            for (int k = 0; k < branches[p].Length; k++)
            {
                branches[p][k] = prototype[p + (k * ratio)] * scale;
            }
        }

        return branches;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    /// <summary>The group delay in samples at a frequency in cycles per sample: Re(F{n h} / F{h}).</summary>
    private static double DelayAt(double[] taps, double frequency)
    {
        System.Numerics.Complex sum = 0;
        System.Numerics.Complex weighted = 0;
        for (int n = 0; n < taps.Length; n++)
        {
            var term = System.Numerics.Complex.FromPolarCoordinates(taps[n], -2 * Math.PI * frequency * n);
            sum += term;
            weighted += n * term;
        }

        return (weighted / sum).Real;
    }
}
