using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>What is known about file formats.</summary>
internal static class AudioFileFormats
{
    /// <summary>The rate of a file without a header, unless told otherwise.</summary>
    public const int TelephoneRate = 8_000;

    public static readonly int[] Rates = [8_000, 16_000, 24_000, 48_000];

    public static string RateList => string.Join(", ", Rates);

    public static AudioFileFormat FromPath(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".wav" => AudioFileFormat.Wav,
        ".ulaw" or ".ul" => AudioFileFormat.MuLaw,
        ".alaw" or ".al" => AudioFileFormat.ALaw,
        string other => throw new CommandException(
            ExitCodes.Usage,
            $"{path}: {(other.Length == 0 ? "a name without an extension" : $"the extension '{other}'")} does not say the format; use .wav, .ulaw (.ul) or .alaw (.al)."),
    };

    public static string Name(this AudioFileFormat format) => format switch
    {
        AudioFileFormat.Wav => "pcm16",
        AudioFileFormat.MuLaw => "ulaw",
        _ => "alaw",
    };
}
