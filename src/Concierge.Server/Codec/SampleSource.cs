using Concierge.Audio;
using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>Samples of an input file, in order. Whatever goes wrong becomes a <see cref="CommandException"/> that names the file.</summary>
internal sealed class SampleSource : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly WavReader? _wav;
    private readonly AudioFileFormat _format;
    private byte[] _codes = [];

    private SampleSource(string path, FileStream file, AudioFileFormat format, int? rate)
    {
        _path = path;
        _file = file;
        _format = format;
        if (format == AudioFileFormat.Wav)
        {
            _wav = new WavReader(file, leaveOpen: true);
            SampleRate = _wav.SampleRate;
            Channels = _wav.Channels;
            TotalFrames = _wav.TotalFrames;
        }
        else
        {
            SampleRate = rate ?? AudioFileFormats.TelephoneRate;
            Channels = 1;
            TotalFrames = file.Length;
        }
    }

    public AudioFileFormat Format => _format;

    public int SampleRate { get; }

    public int Channels { get; }

    /// <summary>Samples per channel, or -1 when the header does not say.</summary>
    public long TotalFrames { get; }

    /// <summary>How much of the file was read, 0 to 1.</summary>
    public double Progress => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    public long Bytes => _file.Length;

    public static SampleSource Open(string path, AudioFileFormat format, int? rate)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan);
            SampleSource source = new(path, file, format, rate);
            source.Check();
            return source;
        }
        catch (Exception exception)
        {
            file?.Dispose();
            throw exception is CommandException ? exception : Wrap(path, exception);
        }
    }

    /// <summary>Reads whole frames; 0 at the end.</summary>
    public int Read(Span<short> interleaved)
    {
        try
        {
            if (_wav is not null)
            {
                int read = _wav.Read(interleaved);
                return _wav.IsTruncated ? throw Truncated() : read;
            }

            Span<byte> codes = Codes(interleaved.Length);
            int got = _file.ReadAtLeast(codes, codes.Length, throwOnEndOfStream: false);
            return _format == AudioFileFormat.MuLaw ? MuLaw.Decode(codes[..got], interleaved) : ALaw.Decode(codes[..got], interleaved);
        }
        catch (IOException exception)
        {
            throw Wrap(_path, exception);
        }
    }

    /// <summary>Reads the octets of a file without a header, undecoded; 0 at the end.</summary>
    public int ReadCodes(Span<byte> codes)
    {
        try
        {
            return _file.ReadAtLeast(codes, codes.Length, throwOnEndOfStream: false);
        }
        catch (IOException exception)
        {
            throw Wrap(_path, exception);
        }
    }

    public void Dispose()
    {
        _wav?.Dispose();
        _file.Dispose();
    }

    private void Check()
    {
        if (!AudioFileFormats.Rates.Contains(SampleRate))
        {
            throw new CommandException(ExitCodes.Input, $"{_path}: {SampleRate} Hz is not a rate this converter knows; it takes {AudioFileFormats.RateList} Hz.");
        }

        if (Channels > 2)
        {
            throw new CommandException(ExitCodes.Input, $"{_path}: {Channels} channels; this converter takes one or two.");
        }

        if (_wav is { IsTruncated: true })
        {
            throw Truncated();
        }
    }

    private CommandException Truncated() =>
        new(ExitCodes.Input, $"{_path}: the file is cut off: its header promises more audio than its {_file.Length} bytes hold.");

    private Span<byte> Codes(int length)
    {
        if (_codes.Length < length)
        {
            _codes = new byte[length];
        }

        return _codes.AsSpan(0, length);
    }

    private static Exception Wrap(string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => new CommandException(ExitCodes.Input, $"{path}: there is no such file."),
        UnauthorizedAccessException when Directory.Exists(path) => new CommandException(ExitCodes.Input, $"{path}: this is a folder, not a file."),
        UnauthorizedAccessException => new CommandException(ExitCodes.Input, $"{path}: the file may not be read; check its permissions."),
        IOException => new CommandException(ExitCodes.Input, $"{path}: {exception.Message}"),
        _ => exception,
    };
}
