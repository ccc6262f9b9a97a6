namespace Concierge.Protocols.Realtime;

/// <summary>What a response or a transcription cost, in tokens; 0 where the server says nothing.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Input">Tokens read.</param>
/// <param name="InputText">Text tokens read.</param>
/// <param name="InputAudio">Audio tokens read.</param>
/// <param name="InputCached">Tokens read from the cache.</param>
/// <param name="Output">Tokens written.</param>
/// <param name="OutputText">Text tokens written.</param>
/// <param name="OutputAudio">Audio tokens written.</param>
/// <param name="InputCachedText">Text tokens among those from the cache.</param>
/// <param name="InputCachedAudio">Audio tokens among those from the cache.</param>
/// <param name="Seconds">Seconds of audio, where a transcription is counted by time.</param>
public sealed record RealtimeUsage(
    long Total, long Input, long InputText, long InputAudio, long InputCached, long Output, long OutputText, long OutputAudio,
    long InputCachedText = 0, long InputCachedAudio = 0, double Seconds = 0);
