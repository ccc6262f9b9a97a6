namespace Concierge.Protocols.Realtime;

/// <summary>The nested parts of server events as they stand on the wire; every field may be absent.</summary>
internal sealed record RealtimeWire(
    string? Type,
    string? ResponseId,
    string? ItemId,
    string? CallId,
    string? Name,
    string? Arguments,
    string? Delta,
    string? Transcript,
    string? Text,
    RealtimeWire.SessionPart? Session,
    RealtimeWire.ResponsePart? Response,
    RealtimeWire.ItemPart? Item,
    RealtimeWire.ErrorPart? Error,
    List<RealtimeWire.RateLimitPart?>? RateLimits,
    RealtimeWire.UsagePart? Usage)
{
    internal sealed record SessionPart(
        string? Id, string? Type, string? Model, double? ExpiresAt, AudioPart? Audio, string? Instructions, List<ToolPart?>? Tools);

    internal sealed record AudioPart(DirectionPart? Input, DirectionPart? Output);

    internal sealed record DirectionPart(FormatPart? Format, RealtimeVoiceName? Voice, TurnDetectionPart? TurnDetection);

    internal sealed record FormatPart(string? Type, int? Rate);

    internal sealed record TurnDetectionPart(string? Type);

    internal sealed record ToolPart(string? Type, string? Name);

    internal sealed record ResponsePart(
        string? Id, string? Status, StatusDetailsPart? StatusDetails, string? ConversationId, AudioPart? Audio, List<ItemPart?>? Output, UsagePart? Usage);

    internal sealed record StatusDetailsPart(string? Reason, ErrorPart? Error);

    internal sealed record ErrorPart(string? Type, string? Code, string? Message, string? Param, string? EventId);

    internal sealed record ItemPart(
        string? Id,
        string? Type,
        string? Role,
        string? Status,
        string? Phase,
        string? CallId,
        string? Name,
        string? Arguments,
        string? Output,
        List<ContentPart?>? Content);

    internal sealed record ContentPart(string? Type, string? Text, string? Transcript);

    internal sealed record UsagePart(
        long? TotalTokens, long? InputTokens, long? OutputTokens, UsageDetailsPart? InputTokenDetails, UsageDetailsPart? OutputTokenDetails, double? Seconds);

    internal sealed record UsageDetailsPart(long? CachedTokens, long? TextTokens, long? AudioTokens, CachedPart? CachedTokensDetails);

    internal sealed record CachedPart(long? TextTokens, long? AudioTokens);

    internal sealed record RateLimitPart(string? Name, long? Limit, long? Remaining, double? ResetSeconds);
}
