namespace Concierge.Protocols.Realtime;

/// <summary>A response as <c>response.created</c> and <c>response.done</c> describe it.</summary>
/// <param name="Id">The response's id.</param>
/// <param name="Status"><c>in_progress</c>, <c>completed</c>, <c>cancelled</c>, <c>failed</c> or <c>incomplete</c>.</param>
/// <param name="Reason"><c>turn_detected</c>, <c>client_cancelled</c>, <c>max_output_tokens</c> or <c>content_filter</c>; null when there is none.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
/// <param name="ConversationId">The conversation it belongs to; null when out of band.</param>
/// <param name="OutputFormat">The format of its audio: a second place to notice a mismatch.</param>
/// <param name="Output">Its items, function calls included; empty while in progress.</param>
/// <param name="Usage">What it cost; null while in progress.</param>
public sealed record RealtimeResponseInfo(
    string? Id,
    string? Status,
    string? Reason,
    RealtimeErrorInfo? Error,
    string? ConversationId,
    RealtimeAudioFormatInfo? OutputFormat,
    IReadOnlyList<RealtimeItemInfo> Output,
    RealtimeUsage? Usage);
