using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.Server.Codec;
using Concierge.Server.Shell;

namespace Concierge.Server.Configuration;

/// <summary>Reads what a call does about a model that is lost.</summary>
internal static class UpstreamReader
{
    private const int SampleRate = 8000;
    private const int MaxSeconds = 20;

    public static UpstreamOptions Read(SettingReader settings)
    {
        UpstreamOptions usual = new();
        return usual with
        {
            Attempts = settings.Integer(SettingNames.ReconnectAttempts, usual.Attempts, 0, 10),
            Patience = TimeSpan.FromSeconds(settings.Integer(SettingNames.OutageSeconds, (int)usual.Patience.TotalSeconds, 1, 120)),
            HoldingSound = ReadSound(settings, SettingNames.OutageSound, "tones", UpstreamSounds.Holding, "holding.ulaw"),
            ApologySound = ReadSound(settings, SettingNames.ApologySound, "spoken", UpstreamSounds.Apology, "apology.ulaw"),
            Fallback = ReadFallback(settings),
        };
    }

    private static CallTransfer? ReadFallback(SettingReader settings)
    {
        if (settings.Text(SettingNames.FallbackNumber) is not { } number)
        {
            return null;
        }

        // E.164: a plus, then 7 to 15 digits that do not begin with 0.
        if (number is ['+', >= '1' and <= '9', ..] && number.Length is >= 8 and <= 16 && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return new CallTransfer(number);
        }

        settings.Error(SettingNames.FallbackNumber, $"'{number}' is not a telephone number", "set it in international form, such as +15005550110, or leave it out to hang up");
        return null;
    }

    /// <summary>A file through the call's own filter, as the carrier wants it; or one of the program's own: <c>tones</c>, <c>spoken</c>, or <c>none</c> for silence.</summary>
    private static ReadOnlyMemory<byte> ReadSound(SettingReader settings, string name, string otherwise, ReadOnlyMemory<byte> tones, string spoken)
    {
        string path = settings.Text(name) ?? otherwise;
        switch (path)
        {
            case "none":
                return default;
            case "tones":
                return tones;
            case "spoken":
                return ReadPhrase(spoken);
        }

        try
        {
            return ReadSound(path);
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            settings.Error(name, exception.Message, $"set a WAV, .ulaw or .alaw file of at most {MaxSeconds} s, spoken, tones, or none for silence");
            return tones;
        }
    }

    private static byte[] ReadPhrase(string file)
    {
        using Stream stream = typeof(UpstreamReader).Assembly.GetManifestResourceStream($"Concierge.Server.Sounds.{file}")
            ?? throw new InvalidOperationException($"The build left out {file}.");
        byte[] muLaw = new byte[stream.Length];
        stream.ReadExactly(muLaw);
        return muLaw;
    }

    private static byte[] ReadSound(string path)
    {
        using SampleSource source = SampleSource.Open(path, AudioFileFormats.FromPath(path), rate: null);
        short[] samples = new short[(MaxSeconds * source.SampleRate * source.Channels) + source.Channels];
        int length = 0;
        for (int got; length < samples.Length && (got = source.Read(samples.AsSpan(length))) > 0; length += got)
        {
        }

        if (length == samples.Length)
        {
            throw new CommandException(ExitCodes.Input, $"'{path}' is longer than {MaxSeconds} s");
        }

        short[] mono = ToMono(samples.AsSpan(0, length), source.Channels);
        short[] narrow = ToNarrow(mono, source.SampleRate);
        byte[] muLaw = new byte[narrow.Length];
        MuLaw.Encode(narrow, muLaw);
        return muLaw;
    }

    private static short[] ToMono(ReadOnlySpan<short> interleaved, int channels)
    {
        short[] mono = new short[interleaved.Length / channels];
        for (int i = 0; i < mono.Length; i++)
        {
            mono[i] = channels == 1 ? interleaved[i] : (short)((interleaved[2 * i] + interleaved[(2 * i) + 1]) / 2);
        }

        return mono;
    }

    private static short[] ToNarrow(short[] samples, int rate)
    {
        if (rate == SampleRate)
        {
            return samples;
        }

        var stage = new ResamplerStage(PolyphaseFilter.For(rate, SampleRate, ResamplerProfile.Balanced));
        short[] narrow = new short[(samples.Length * (long)SampleRate / rate) + 64];
        return narrow[..stage.Process(samples, narrow)];
    }
}
