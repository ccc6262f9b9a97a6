using Concierge.Audio;
using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>
/// Converts a file through the stages a call goes through: G.711, then the polyphase resampler, its state kept from block to block. The resampler's delay
/// is taken out at the front and its tail is drained, so the output begins and ends with the input.
/// </summary>
/// <remarks>The same rate means no filter at all: samples, and octets of the same code, come out as they went in.</remarks>
internal static class FileCodec
{
    private const int BlockFrames = 4_800;

    /// <summary>Converts one file.</summary>
    /// <param name="request">What into what.</param>
    /// <param name="progress">Told after each block how much of the input was read, 0 to 1; null if nobody looks.</param>
    /// <param name="cancellationToken">Stops between two blocks; nothing is left behind.</param>
    /// <exception cref="CommandException">The input or the output fails, or the request cannot be meant.</exception>
    public static CodecSummary Convert(CodecRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        request.Check();
        AudioFileFormat from = request.InputFormat;
        AudioFileFormat to = request.OutputFormat;
        using SampleSource source = SampleSource.Open(request.Input, from, request.Rate);
        int rate = request.ResolveOutputRate(source.SampleRate);
        int channels = to == AudioFileFormat.Wav ? source.Channels : 1;
        using SampleSink sink = SampleSink.Create(request.Output, to, rate, channels);
        string chain = Describe(source, to, rate, channels);

        // 1. The same code at the same rate: octets, since decoding and encoding folds the two zeros of mu-law into one.
        // 2. The same rate: samples.
        // 3. Else: one resampler per channel.
        CodecSummary summary = from == to && from != AudioFileFormat.Wav && rate == source.SampleRate
            ? CopyCodes(source, sink, chain, rate, progress, cancellationToken)
            : rate == source.SampleRate
                ? CopySamples(source, sink, channels, chain, progress, cancellationToken)
                : Resample(source, sink, channels, rate, chain, progress, cancellationToken);
        sink.Commit();
        return summary;
    }

    private static CodecSummary CopyCodes(SampleSource source, SampleSink sink, string chain, int rate, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        byte[] codes = new byte[BlockFrames];
        long total = 0;
        int read;
        while ((read = source.ReadCodes(codes)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sink.WriteCodes(codes.AsSpan(0, read));
            total += read;
            progress?.Report(source.Progress);
        }

        return new CodecSummary(chain, total, total, rate);
    }

    private static CodecSummary CopySamples(SampleSource source, SampleSink sink, int channels, string chain, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        short[] samples = new short[BlockFrames * source.Channels];
        long frames = 0;
        int read;
        while ((read = source.Read(samples)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int kept = channels < source.Channels ? MixDown(samples.AsSpan(0, read)) : read;
            sink.Write(samples.AsSpan(0, kept));
            frames += read / source.Channels;
            progress?.Report(source.Progress);
        }

        return new CodecSummary(chain, frames, frames, source.SampleRate);
    }

    private static CodecSummary Resample(
        SampleSource source, SampleSink sink, int channels, int rate, string chain, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        PolyphaseFilter filter = PolyphaseFilter.For(source.SampleRate, rate);
        ChannelResampler resampler = new(filter, channels, BlockFrames);
        short[] samples = new short[BlockFrames * source.Channels];
        long inputFrames = 0;
        long outputFrames = 0;
        int read;
        while ((read = source.Read(samples)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int kept = channels < source.Channels ? MixDown(samples.AsSpan(0, read)) : read;
            inputFrames += read / source.Channels;
            outputFrames += Emit(resampler.Process(samples.AsSpan(0, kept)), long.MaxValue);
            progress?.Report(source.Progress);
        }

        // As long as the input, to the sample: the rest is in the filter, and silence pushes it out.
        long expected = ((inputFrames * rate) + source.SampleRate - 1) / source.SampleRate;
        short[] silence = new short[BlockFrames * channels];
        while (outputFrames < expected)
        {
            outputFrames += Emit(resampler.Process(silence), expected - outputFrames);
        }

        return new CodecSummary(chain, inputFrames, outputFrames, rate);

        long Emit(ReadOnlySpan<short> interleaved, long mostFrames)
        {
            long frames = Math.Min(interleaved.Length / channels, mostFrames);
            sink.Write(interleaved[..(int)(frames * channels)]);
            return frames;
        }
    }

    /// <summary>Two channels to their mean, in place; half a step is rounded away from zero, so that a pair (x, x) stays x.</summary>
    private static int MixDown(Span<short> stereo)
    {
        int frames = stereo.Length / 2;
        for (int i = 0; i < frames; i++)
        {
            int sum = stereo[2 * i] + stereo[(2 * i) + 1];
            stereo[i] = (short)((sum + Math.Sign(sum)) / 2);
        }

        return frames;
    }

    private static string Describe(SampleSource source, AudioFileFormat to, int rate, int channels)
    {
        List<string> steps = [$"{source.Format.Name()}/{source.SampleRate}{(source.Channels == 2 ? " stereo" : "")}"];
        if (channels < source.Channels)
        {
            steps.Add("mean of both channels");
        }

        if (rate != source.SampleRate)
        {
            PolyphaseFilter filter = PolyphaseFilter.For(source.SampleRate, rate);
            steps.Add($"x{filter.Interpolation}/{filter.Decimation} {filter.Profile.ToString().ToLowerInvariant()}");
        }

        steps.Add($"{to.Name()}/{rate}{(channels == 2 ? " stereo" : "")}");
        return string.Join(" -> ", steps);
    }
}
