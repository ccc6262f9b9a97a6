using Concierge.Pipelines;

namespace Concierge.Server.Figures;

/// <summary>What stands between a caller and the first word, as the twins play it.</summary>
/// <param name="Calls">Calls in each manner.</param>
/// <param name="Connect">From the node's dial to the model's upgrade: name, TCP, TLS, the service's own time.</param>
/// <param name="Think">From the request for a response to its first audio.</param>
/// <param name="Carrier">From the TwiML to the carrier's stream.</param>
/// <param name="Mode">What crosses to the model.</param>
internal sealed record FirstWordOptions(int Calls, TimeSpan Connect, TimeSpan Think, TimeSpan Carrier, CallAudioMode Mode);
