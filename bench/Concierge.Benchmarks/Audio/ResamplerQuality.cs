using Concierge.Audio;
using Concierge.Benchmarks.Harness;

namespace Concierge.Benchmarks.Audio;

/// <summary>
/// What the times of <see cref="ResamplerPeerBenchmarks"/> buy: the quality of every profile and of the peers that are installed, by one yardstick. Deterministic and of no processor's making, so it is
/// measured once per run, in a second or so.
/// </summary>
internal static class ResamplerQuality
{
    /// <summary>The name that <c>--filter</c> matches.</summary>
    public const string Name = "ResamplerQuality.Compare";

    /// <summary>Measures 8 to 24 kHz and back. Peers that are not installed are left out; <see cref="NativePeers.Missing"/> names them.</summary>
    public static List<QualityRow> Compare()
    {
        var rows = new List<QualityRow>();
        foreach ((int from, int to) in ((int, int)[])[(8000, 24000), (24000, 8000)])
        {
            foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
            {
                Add($"{profile}", () => new OurResampler(from, to, profile));
            }

            if (NativePeers.IsInstalled(NativePeers.Speex))
            {
                foreach (int quality in (int[])[3, 5])
                {
                    Add($"SpeexDSP {quality}", () => new SpeexResampler(from, to, quality));
                }
            }

            if (NativePeers.IsInstalled(NativePeers.Soxr))
            {
                Add("soxr HQ", () => new SoxrResampler(from, to));
            }

            void Add(string name, Func<IResampler> create)
            {
                ConversionQuality measured = ConversionQuality.Measure(from, to, create);
                rows.Add(new QualityRow(
                    name,
                    from,
                    to,
                    measured.DelayMilliseconds,
                    measured.RippleDb,
                    measured.RejectionDb,
                    measured.SignalToNoiseDb,
                    measured.SoftSignalToNoiseDb,
                    measured.FaintSignalToNoiseDb,
                    measured.IntermodulationDb));
            }
        }

        return rows;
    }
}
