using Concierge.Audio;
using Concierge.Calls.Outbound;
using Concierge.Pipelines;

namespace Concierge.Server.Recording;

/// <summary>One recording as the writer's thread sees it. A failing disk ends the recording and not the call: what was written stays and is marked as truncated.</summary>
/// <param name="path">The file's name when it is whole; until then it has <see cref="RecordingFiles.Unfinished"/> behind it.</param>
/// <param name="open">Creates the file.</param>
internal sealed class RecordingFile(string path, Func<string, Stream> open)
{
    public const int Rate = 8000;

    private readonly TaskCompletionSource<CallRecording> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly short[] _caller = new short[RecordingBlock.Samples];
    private readonly short[] _agent = new short[RecordingBlock.Samples];
    private readonly short[] _stereo = new short[2 * RecordingBlock.Samples];
    private WavWriter? _wav;
    private string? _failure;
    private long _written;
    private long _missing;

    /// <summary>Completes when the file is closed.</summary>
    public Task<CallRecording> Closed => _closed.Task;

    /// <summary>Whether the disk has failed this recording.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Appends a block; silence stands in for blocks that were lost on the way.</summary>
    /// <returns>False when the disk failed just now.</returns>
    public bool TryWrite(RecordingBlock block)
    {
        if (HasFailed)
        {
            return true; // told already
        }

        try
        {
            _wav ??= new WavWriter(open(path + RecordingFiles.Unfinished), Rate, 2);
            while (_written < block.Position)
            {
                int gap = (int)Math.Min(RecordingBlock.Samples, block.Position - _written);
                _stereo.AsSpan(0, 2 * gap).Clear();
                _wav.Write(_stereo.AsSpan(0, 2 * gap));
                _written += gap;
                _missing += gap;
            }

            MuLaw.Decode(block.Caller.AsSpan(0, block.Length), _caller);
            MuLaw.Decode(block.Agent.AsSpan(0, block.Length), _agent);
            for (int i = 0; i < block.Length; i++)
            {
                _stereo[2 * i] = _caller[i];
                _stereo[(2 * i) + 1] = _agent[i];
            }

            _wav.Write(_stereo.AsSpan(0, 2 * block.Length));
            _wav.FlushSamples(); // with the recorder's own delay a crash costs less than a second
            _written += block.Length;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Closes the file and gives it its name.</summary>
    /// <returns>False when the disk failed just now.</returns>
    public bool TryClose()
    {
        bool failed = HasFailed;
        try
        {
            if (_wav is not null)
            {
                _wav.Dispose();
                if (!failed && File.Exists(path + RecordingFiles.Unfinished))
                {
                    File.Move(path + RecordingFiles.Unfinished, path, overwrite: true);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
        }

        string? detail = _failure ?? (_missing > 0 ? $"The disk was too slow: {(double)_missing / Rate:0.0} s are silence." : null);
        _closed.TrySetResult(new CallRecording(HasFailed ? path + RecordingFiles.Unfinished : path, TimeSpan.FromSeconds((double)_written / Rate), detail is not null, detail));
        return failed || !HasFailed;
    }

    private void Fail(Exception exception)
    {
        _failure ??= exception.Message;
        try
        {
            _wav?.Dispose();
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException)
        {
            // The header of the last second stands; a reader stops at the end of the file.
        }
    }
}
