using Concierge.Protocols.Realtime;
using Concierge.Server.Configuration;

namespace Concierge.Server.Node;

/// <summary>The model's session as the node's settings describe it; agents add instructions and tools.</summary>
internal static class NodeSession
{
    public static RealtimeSessionConfig Create(NodeOptions options) => new()
    {
        Model = options.Model,
        Voice = options.Voice,
        InputTranscription = new RealtimeTranscription(options.TranscriptionModel),

        // Spelled out: the documented default of the silence is 500 ms, 200 ms is what servers were seen to use.
        TurnDetection = options.TurnDetection == TurnDetection.SemanticVad
            ? RealtimeTurnDetection.SemanticVad
            : RealtimeTurnDetection.ServerVad with { Threshold = 0.5, PrefixPaddingMs = 300, SilenceDurationMs = 500 },
    };
}
