namespace Concierge.Pipelines.Media;

/// <summary>What became of one audio delta.</summary>
internal enum AgentAudioStatus : byte
{
    /// <summary>Queued whole.</summary>
    Queued,

    /// <summary>Of a response that was cut off: dropped.</summary>
    Late,

    /// <summary>Not valid base64, empty, or not whole samples: dropped whole, so that the octets after it stay aligned.</summary>
    Rejected,

    /// <summary>The playback buffer is full.</summary>
    Overflow,
}
