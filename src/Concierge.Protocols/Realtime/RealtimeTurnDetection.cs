namespace Concierge.Protocols.Realtime;

/// <summary>How the server decides that the caller's turn has ended (<c>audio.input.turn_detection</c>). Absent members keep the server's defaults.</summary>
public sealed record RealtimeTurnDetection
{
    /// <summary>No detection: the client commits the audio and asks for responses itself. Written as null.</summary>
    public static RealtimeTurnDetection Off { get; } = new(RealtimeTurnDetectionKind.None);

    /// <summary>Detection by energy, with the server's defaults.</summary>
    public static RealtimeTurnDetection ServerVad { get; } = new(RealtimeTurnDetectionKind.ServerVad);

    /// <summary>Detection by meaning, with the server's defaults.</summary>
    public static RealtimeTurnDetection SemanticVad { get; } = new(RealtimeTurnDetectionKind.SemanticVad);

    private RealtimeTurnDetection(RealtimeTurnDetectionKind kind)
    {
        Kind = kind;
    }

    /// <summary>Which of the three.</summary>
    public RealtimeTurnDetectionKind Kind { get; }

    /// <summary>Server VAD: how loud speech must be, 0 to 1 (server default 0.5).</summary>
    public double? Threshold { get; init; }

    /// <summary>Server VAD: audio kept from before the speech, in milliseconds (300).</summary>
    public int? PrefixPaddingMs { get; init; }

    /// <summary>Server VAD: the silence that ends a turn, in milliseconds (documented 500, seen 200: set it).</summary>
    public int? SilenceDurationMs { get; init; }

    /// <summary>Server VAD: speak up after this silence, 5000 to 30000 ms; absent: never.</summary>
    public int? IdleTimeoutMs { get; init; }

    /// <summary>Semantic VAD: how soon it takes the turn.</summary>
    public RealtimeEagerness? Eagerness { get; init; }

    /// <summary>Whether the end of a turn makes a response (true).</summary>
    public bool? CreateResponse { get; init; }

    /// <summary>Whether the caller's speech cancels the response that runs (true).</summary>
    public bool? InterruptResponse { get; init; }
}
