using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>What is to be converted into what.</summary>
/// <param name="Input">The file to read; its extension says its format.</param>
/// <param name="Output">The file to write; its extension says its format.</param>
/// <param name="Rate">The rate of files without a header, in Hz; null for 8,000.</param>
/// <param name="OutputRate">The rate to convert to, in Hz; null for the input's in a WAV, and for <paramref name="Rate"/> in a file without a header.</param>
internal sealed record CodecRequest(string Input, string Output, int? Rate = null, int? OutputRate = null)
{
    public AudioFileFormat InputFormat => AudioFileFormats.FromPath(Input);

    public AudioFileFormat OutputFormat => AudioFileFormats.FromPath(Output);

    /// <summary>The rate to write, once the input's is known.</summary>
    public int ResolveOutputRate(int inputRate) =>
        OutputRate ?? (OutputFormat == AudioFileFormat.Wav ? inputRate : Rate ?? AudioFileFormats.TelephoneRate);

    /// <summary>Refuses what cannot be meant, before any file is touched.</summary>
    public void Check()
    {
        CheckRate("--rate", Rate);
        CheckRate("--output-rate", OutputRate);
        if (Rate is not null && InputFormat == AudioFileFormat.Wav && OutputFormat == AudioFileFormat.Wav)
        {
            throw new CommandException(ExitCodes.Usage, "--rate is the rate of files without a header, and both files are WAV; to convert, use --output-rate.");
        }

        if (string.Equals(Path.GetFullPath(Input), Path.GetFullPath(Output), StringComparison.Ordinal))
        {
            throw new CommandException(ExitCodes.Usage, $"{Input}: input and output are the same file.");
        }
    }

    private static void CheckRate(string option, int? rate)
    {
        if (rate is { } hz && !AudioFileFormats.Rates.Contains(hz))
        {
            throw new CommandException(ExitCodes.Usage, $"{option} {hz}: unknown rate; use one of {AudioFileFormats.RateList}.");
        }
    }
}
