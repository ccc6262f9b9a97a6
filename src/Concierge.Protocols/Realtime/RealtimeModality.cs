namespace Concierge.Protocols.Realtime;

/// <summary>What the model answers in; the two cannot be asked for together.</summary>
public enum RealtimeModality : byte
{
    /// <summary>Speech, with its transcript.</summary>
    Audio,

    /// <summary>Text only.</summary>
    Text,
}
