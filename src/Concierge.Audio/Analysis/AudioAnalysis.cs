namespace Concierge.Audio;

/// <summary>What a recording is like, in figures. Made by <see cref="AudioAnalyzer"/>.</summary>
/// <param name="Duration">How long it is.</param>
/// <param name="RmsDbfs">The level of all of it; negative infinity for digital silence. 0 dBFS: see <see cref="PcmLevel"/>.</param>
/// <param name="PeakDbfs">The largest sample's level.</param>
/// <param name="ActiveDbfs">The level of its windows of 10 ms above -50 dBFS: speech without its pauses; negative infinity when there are none.</param>
/// <param name="ClippedSamples">Samples within a run of at least two at full scale (32635 and beyond, mu-law's clip).</param>
/// <param name="SilentShare">The share of windows of 10 ms at or below -50 dBFS, 0 to 1.</param>
/// <param name="LongestSilence">The longest run of them.</param>
/// <param name="DcOffset">The mean sample as a ratio of full scale.</param>
/// <param name="BandwidthHz">The frequency below which 99.9 % of the power lies.</param>
public sealed record AudioAnalysis(
    TimeSpan Duration,
    double RmsDbfs,
    double PeakDbfs,
    double ActiveDbfs,
    long ClippedSamples,
    double SilentShare,
    TimeSpan LongestSilence,
    double DcOffset,
    double BandwidthHz);
