using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines;

/// <summary>What a call used of the model, summed over its responses and transcriptions. Cached tokens are part of those read.</summary>
public sealed record CallUsage
{
    /// <summary>Nothing.</summary>
    public static CallUsage None { get; } = new();

    /// <summary>Responses that said what they cost.</summary>
    public int Responses { get; init; }

    /// <summary>Text tokens read.</summary>
    public long InputText { get; init; }

    /// <summary>Audio tokens read.</summary>
    public long InputAudio { get; init; }

    /// <summary>Tokens among those read that came from the cache.</summary>
    public long InputCached { get; init; }

    /// <summary>Text tokens among the cached, where the server tells them apart.</summary>
    public long InputCachedText { get; init; }

    /// <summary>Audio tokens among the cached, where the server tells them apart.</summary>
    public long InputCachedAudio { get; init; }

    /// <summary>Text tokens written.</summary>
    public long OutputText { get; init; }

    /// <summary>Audio tokens written.</summary>
    public long OutputAudio { get; init; }

    /// <summary>Seconds of the caller's speech written down, where that is counted by time.</summary>
    public double TranscribedSeconds { get; init; }

    /// <summary>Audio tokens read for writing the caller's speech down, where that is counted by tokens.</summary>
    public long TranscriptionAudio { get; init; }

    /// <summary>Text tokens read for it.</summary>
    public long TranscriptionText { get; init; }

    /// <summary>Text tokens written by it.</summary>
    public long TranscriptionOutput { get; init; }

    /// <summary>With one response more.</summary>
    public CallUsage WithResponse(RealtimeUsage usage) => this with
    {
        Responses = Responses + 1,
        InputText = InputText + usage.InputText,
        InputAudio = InputAudio + usage.InputAudio,
        InputCached = InputCached + usage.InputCached,
        InputCachedText = InputCachedText + usage.InputCachedText,
        InputCachedAudio = InputCachedAudio + usage.InputCachedAudio,
        OutputText = OutputText + usage.OutputText,
        OutputAudio = OutputAudio + usage.OutputAudio,
    };

    /// <summary>With one transcription more.</summary>
    public CallUsage WithTranscription(RealtimeUsage usage) => this with
    {
        TranscribedSeconds = TranscribedSeconds + usage.Seconds,
        TranscriptionAudio = TranscriptionAudio + usage.InputAudio,
        TranscriptionText = TranscriptionText + usage.InputText,
        TranscriptionOutput = TranscriptionOutput + usage.Output,
    };
}
