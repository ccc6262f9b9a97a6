using Concierge.Audio;
using Concierge.Server.Shell;

namespace Concierge.Server.Codec;

/// <summary>
/// Writes an output file. It appears under its name only when it is whole: until <see cref="Commit"/> it is a neighbour with <c>.part</c> at its end,
/// which is gone after a failure.
/// </summary>
internal sealed class SampleSink : IDisposable
{
    private readonly string _path;
    private readonly string _part;
    private readonly FileStream _file;
    private readonly WavWriter? _wav;
    private readonly AudioFileFormat _format;
    private byte[] _codes = [];
    private bool _committed;

    private SampleSink(string path, string part, FileStream file, AudioFileFormat format, int rate, int channels)
    {
        _path = path;
        _part = part;
        _file = file;
        _format = format;
        _wav = format == AudioFileFormat.Wav ? new WavWriter(file, rate, channels, leaveOpen: true) : null;
    }

    public static SampleSink Create(string path, AudioFileFormat format, int rate, int channels)
    {
        string part = path + ".part";
        FileStream? file = null;
        try
        {
            if (Directory.Exists(path))
            {
                throw new CommandException(ExitCodes.Output, $"{path}: this is a folder; name a file.");
            }

            file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024);
            return new SampleSink(path, part, file, format, rate, channels);
        }
        catch (Exception exception)
        {
            file?.Dispose();
            throw exception is CommandException ? exception : Wrap(path, exception);
        }
    }

    public void Write(ReadOnlySpan<short> interleaved)
    {
        try
        {
            if (_wav is not null)
            {
                _wav.Write(interleaved);
                return;
            }

            if (_codes.Length < interleaved.Length)
            {
                _codes = new byte[interleaved.Length];
            }

            int length = _format == AudioFileFormat.MuLaw ? MuLaw.Encode(interleaved, _codes) : ALaw.Encode(interleaved, _codes);
            _file.Write(_codes.AsSpan(0, length));
        }
        catch (IOException exception)
        {
            throw Wrap(_path, exception);
        }
    }

    /// <summary>Writes octets that are in the file's own code already.</summary>
    public void WriteCodes(ReadOnlySpan<byte> codes)
    {
        try
        {
            _file.Write(codes);
        }
        catch (IOException exception)
        {
            throw Wrap(_path, exception);
        }
    }

    /// <summary>Puts the whole file in its place.</summary>
    public void Commit()
    {
        try
        {
            _wav?.Dispose();
            _file.Dispose();
            File.Move(_part, _path, overwrite: true);
            _committed = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Wrap(_path, exception);
        }
    }

    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        try
        {
            _file.Dispose();
            File.Delete(_part);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is being reported already.
        }
    }

    private static Exception Wrap(string path, Exception exception) => exception switch
    {
        DirectoryNotFoundException => new CommandException(ExitCodes.Output, $"{path}: its folder does not exist; create it first."),
        UnauthorizedAccessException => new CommandException(ExitCodes.Output, $"{path}: it may not be written; check the folder's permissions."),
        IOException => new CommandException(ExitCodes.Output, $"{path}: {exception.Message}"),
        _ => exception,
    };
}
