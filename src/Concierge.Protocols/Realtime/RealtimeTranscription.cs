namespace Concierge.Protocols.Realtime;

/// <summary>How the caller's words are written down (<c>audio.input.transcription</c>).</summary>
/// <param name="Model">For instance <c>gpt-transcribe</c>; null writes no transcription (see <see cref="Off"/>).</param>
public sealed record RealtimeTranscription(string? Model)
{
    /// <summary>No transcription. Written as null.</summary>
    public static RealtimeTranscription Off { get; } = new((string?)null);

    /// <summary>ISO 639-1 code of the language spoken.</summary>
    public string? Language { get; init; }

    /// <summary>Several languages; gpt-transcribe and gpt-live-transcribe only. At least one when present.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Words to expect; gpt-transcribe and gpt-live-transcribe only.</summary>
    public IReadOnlyList<string>? Keywords { get; init; }

    /// <summary>A hint for style and names; not with gpt-realtime-whisper.</summary>
    public string? Prompt { get; init; }

    /// <summary><c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>; gpt-realtime-whisper only.</summary>
    public string? Delay { get; init; }
}
