namespace Concierge.Server.Configuration;

/// <summary>How the model finds the end of a caller's turn.</summary>
internal enum TurnDetection : byte
{
    /// <summary>By silence: threshold 0.5, 300 ms before, 500 ms after.</summary>
    ServerVad,

    /// <summary>By meaning.</summary>
    SemanticVad,
}
