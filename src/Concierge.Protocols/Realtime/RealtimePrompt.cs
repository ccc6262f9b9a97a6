namespace Concierge.Protocols.Realtime;

/// <summary>A prompt stored at the vendor (<c>prompt</c>).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version; null: the newest.</param>
/// <param name="Variables">What fills its gaps.</param>
public sealed record RealtimePrompt(string Id, string? Version = null, IReadOnlyDictionary<string, string>? Variables = null);
