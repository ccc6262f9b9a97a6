using System.Globalization;
using Concierge.Audio;
using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>What a recording is like: level, clipping, silence, bandwidth, per channel.</summary>
internal static class FileAnalysis
{
    private const int BlockFrames = 4_800;

    /// <summary>Reads one file to its end.</summary>
    /// <param name="path">.wav, .ulaw or .alaw.</param>
    /// <param name="rate">The rate of a file without a header, in Hz; null for 8,000.</param>
    /// <param name="cancellationToken">Stops between two blocks.</param>
    /// <returns>One analysis per channel.</returns>
    /// <exception cref="CommandException">The file cannot be read, or is of no known format.</exception>
    public static AudioAnalysis[] Analyze(string path, int? rate, CancellationToken cancellationToken)
    {
        AudioFileFormat format = AudioFileFormats.FromPath(path);
        if (rate is not null && format == AudioFileFormat.Wav)
        {
            throw new CommandException(ExitCodes.Usage, $"--rate is the rate of files without a header; {path} has one.");
        }

        using SampleSource source = SampleSource.Open(path, format, rate);
        AudioAnalyzer[] analyzers = [.. Enumerable.Range(0, source.Channels).Select(_ => new AudioAnalyzer(source.SampleRate))];
        short[] samples = new short[BlockFrames * source.Channels];
        short[] channel = new short[BlockFrames];
        int read;
        while ((read = source.Read(samples)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int frames = read / source.Channels;
            for (int c = 0; c < analyzers.Length; c++)
            {
                for (int i = 0; i < frames; i++)
                {
                    channel[i] = samples[(i * source.Channels) + c];
                }

                analyzers[c].Process(channel.AsSpan(0, frames));
            }
        }

        return [.. analyzers.Select(analyzer => analyzer.Finish())];
    }

    /// <summary>The figures in lines, a column per channel.</summary>
    public static string Describe(IReadOnlyList<AudioAnalysis> channels)
    {
        StringWriter text = new(CultureInfo.InvariantCulture);
        Line("duration", a => Text($"{a.Duration.TotalSeconds:0.000} s"));
        Line("level (RMS)", a => Decibels(a.RmsDbfs));
        Line("level of speech", a => Decibels(a.ActiveDbfs));
        Line("peak", a => Decibels(a.PeakDbfs));
        Line("clipped samples", a => Text($"{a.ClippedSamples}"));
        Line("silence", a => Text($"{a.SilentShare:0.0 %}"));
        Line("longest silence", a => Text($"{a.LongestSilence.TotalSeconds:0.000} s"));
        Line("DC offset", a => Text($"{a.DcOffset:0.00000}"));
        Line("bandwidth (99.9 %)", a => Text($"{a.BandwidthHz:0} Hz"));
        return text.ToString();

        void Line(string name, Func<AudioAnalysis, string> value) =>
            text.WriteLine($"{name,-20}{string.Concat(channels.Select(channel => $"{value(channel),16}"))}");
    }

    private static string Decibels(double value) => double.IsNegativeInfinity(value) ? "silent" : Text($"{value:0.0} dBFS");

    private static string Text(FormattableString value) => FormattableString.Invariant(value);
}
