namespace Concierge.Benchmarks.Harness;

/// <summary>The measured quality of one resampler in one direction.</summary>
internal sealed record QualityRow(
    string Resampler,
    int From,
    int To,
    double DelayMilliseconds,
    double RippleDb,
    double RejectionDb,
    double SignalToNoiseDb,
    double SoftSignalToNoiseDb,
    double FaintSignalToNoiseDb,
    double IntermodulationDb);
