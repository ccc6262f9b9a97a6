namespace Concierge.Calls.Life;

/// <summary>One answer of the agent and what it took. Milliseconds on the session's clock.</summary>
/// <param name="ResponseId">The model's response.</param>
/// <param name="StartMs">When the caller's turn ended, or the response was asked for.</param>
/// <param name="FirstAudioMs">From there to the first audio of the answer on its way to the carrier; null when none came.</param>
/// <param name="HeardMs">How much of the answer was heard.</param>
/// <param name="Interrupted">Whether the caller cut it off.</param>
/// <param name="ReactionMs">At an interruption, from the model's word to the <c>clear</c> on its way; null otherwise.</param>
public sealed record CallTurn(string ResponseId, long StartMs, double? FirstAudioMs, double HeardMs, bool Interrupted = false, double? ReactionMs = null);
