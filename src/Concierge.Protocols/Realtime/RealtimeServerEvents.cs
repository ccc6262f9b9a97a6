using System.Text;
using System.Text.Json;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// What is nested in server events, as records. Cold: per turn, not per frame; allocates. A key that is absent or unknown is no error; a text that is not JSON, or a key
/// of another shape than the protocol's, is (then the record is null).
/// </summary>
public static class RealtimeServerEvents
{
    /// <summary>Reads <c>session</c> of <c>session.created</c> or <c>session.updated</c>.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="session">The session, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadSession(ReadOnlySpan<byte> utf8, out RealtimeSessionInfo? session)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        session = wire?.Session is { } part ? ToSession(part) : null;
        return Missing(error, session);
    }

    /// <summary>Reads <c>response</c> of <c>response.created</c> or <c>response.done</c>.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="response">The response, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadResponse(ReadOnlySpan<byte> utf8, out RealtimeResponseInfo? response)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        response = wire?.Response is { } part ? ToResponse(part) : null;
        return Missing(error, response);
    }

    /// <summary>Reads <c>item</c> of any event that carries one.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="item">The item, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadItem(ReadOnlySpan<byte> utf8, out RealtimeItemInfo? item)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        item = wire?.Item is { } part ? ToItem(part) : null;
        return Missing(error, item);
    }

    /// <summary>Reads <c>error</c> of an <c>error</c> event or of a failed transcription.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="info">The error, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadError(ReadOnlySpan<byte> utf8, out RealtimeErrorInfo? info)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        info = wire?.Error is { } part ? ToError(part) : null;
        return Missing(error, info);
    }

    /// <summary>Reads the text of a transcript or text event: <c>transcript</c>, else <c>text</c>, else <c>delta</c>.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="text">The text, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadText(ReadOnlySpan<byte> utf8, out string? text)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        text = wire?.Transcript ?? wire?.Text ?? wire?.Delta;
        return Missing(error, text);
    }

    /// <summary>Reads <c>conversation.item.input_audio_transcription.completed</c>: the words, and what they cost.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="text">The words, or null.</param>
    /// <param name="usage">Tokens or seconds; null when the server does not say.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadTranscription(ReadOnlySpan<byte> utf8, out string? text, out RealtimeUsage? usage)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        text = wire?.Transcript;
        usage = wire?.Usage is { } part ? ToUsage(part) : null;
        return Missing(error, text);
    }

    /// <summary>Reads <c>response.function_call_arguments.done</c>.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="call">The call, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadFunctionCallArguments(ReadOnlySpan<byte> utf8, out RealtimeFunctionCall? call)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        call = wire is { CallId: { } callId, Arguments: { } arguments }
            ? new RealtimeFunctionCall(wire.ResponseId, wire.ItemId, callId, wire.Name, arguments)
            : null;
        return Missing(error, call);
    }

    /// <summary>Reads <c>rate_limits.updated</c>.</summary>
    /// <param name="utf8">The whole event.</param>
    /// <param name="limits">The limits, or null.</param>
    /// <returns><see cref="RealtimeError.None"/>, or what is wrong.</returns>
    public static RealtimeError ReadRateLimits(ReadOnlySpan<byte> utf8, out IReadOnlyList<RealtimeRateLimit>? limits)
    {
        RealtimeError error = Read(utf8, out RealtimeWire? wire);
        limits = null;
        if (wire?.RateLimits is { } parts)
        {
            var list = new List<RealtimeRateLimit>(parts.Count);
            foreach (RealtimeWire.RateLimitPart? part in parts)
            {
                if (part is not null)
                {
                    list.Add(new RealtimeRateLimit(part.Name, part.Limit, part.Remaining, part.ResetSeconds));
                }
            }

            limits = list;
        }

        return Missing(error, limits);
    }

    private static RealtimeError Read(ReadOnlySpan<byte> utf8, out RealtimeWire? wire)
    {
        try
        {
            wire = JsonSerializer.Deserialize(utf8, RealtimeJsonContext.Default.RealtimeWire);
            return wire is null ? RealtimeError.NotJson : RealtimeError.None;
        }
        catch (JsonException)
        {
            wire = null;
            RealtimeError error = RealtimeServerEventParser.ParseSlow(utf8, out _);
            return error == RealtimeError.None ? RealtimeError.WrongType : error;
        }
    }

    private static RealtimeError Missing(RealtimeError error, object? part) =>
        error == RealtimeError.None && part is null ? RealtimeError.MissingField : error;

    private static RealtimeSessionInfo ToSession(RealtimeWire.SessionPart part)
    {
        var tools = new List<string>();
        foreach (RealtimeWire.ToolPart? tool in part.Tools ?? [])
        {
            if (tool is { Type: "function", Name: { } name })
            {
                tools.Add(name);
            }
        }

        return new RealtimeSessionInfo(
            part.Id,
            part.Type,
            part.Model,
            ToTime(part.ExpiresAt),
            ToFormat(part.Audio?.Input?.Format),
            ToFormat(part.Audio?.Output?.Format),
            part.Audio?.Output?.Voice?.Name,
            part.Audio?.Input?.TurnDetection?.Type,
            part.Instructions,
            tools);
    }

    private static RealtimeResponseInfo ToResponse(RealtimeWire.ResponsePart part)
    {
        var items = new List<RealtimeItemInfo>();
        foreach (RealtimeWire.ItemPart? item in part.Output ?? [])
        {
            if (item is not null)
            {
                items.Add(ToItem(item));
            }
        }

        return new RealtimeResponseInfo(
            part.Id,
            part.Status,
            part.StatusDetails?.Reason,
            part.StatusDetails?.Error is { } error ? ToError(error) : null,
            part.ConversationId,
            ToFormat(part.Audio?.Output?.Format),
            items,
            part.Usage is { } usage ? ToUsage(usage) : null);
    }

    private static RealtimeItemInfo ToItem(RealtimeWire.ItemPart part)
    {
        var text = new StringBuilder();
        foreach (RealtimeWire.ContentPart? content in part.Content ?? [])
        {
            string? piece = content?.Transcript ?? content?.Text;
            if (!string.IsNullOrEmpty(piece))
            {
                text.Append(text.Length > 0 ? " " : "").Append(piece);
            }
        }

        return new RealtimeItemInfo(
            part.Id, part.Type, part.Role, part.Status, part.Phase, part.CallId, part.Name, part.Arguments, part.Output, text.ToString());
    }

    private static RealtimeErrorInfo ToError(RealtimeWire.ErrorPart part) => new(part.Type, part.Code, part.Message, part.Param, part.EventId);

    private static RealtimeAudioFormatInfo? ToFormat(RealtimeWire.FormatPart? part) => part is null ? null : new RealtimeAudioFormatInfo(part.Type, part.Rate);

    private static RealtimeUsage ToUsage(RealtimeWire.UsagePart part) => new(
        part.TotalTokens ?? 0,
        part.InputTokens ?? 0,
        part.InputTokenDetails?.TextTokens ?? 0,
        part.InputTokenDetails?.AudioTokens ?? 0,
        part.InputTokenDetails?.CachedTokens ?? 0,
        part.OutputTokens ?? 0,
        part.OutputTokenDetails?.TextTokens ?? 0,
        part.OutputTokenDetails?.AudioTokens ?? 0,
        part.InputTokenDetails?.CachedTokensDetails?.TextTokens ?? 0,
        part.InputTokenDetails?.CachedTokensDetails?.AudioTokens ?? 0,
        part.Seconds ?? 0);

    /// <summary>Unix seconds, whole or not; null outside what a date can hold (years 1–9999) and for 0, which means "none".</summary>
    private static DateTimeOffset? ToTime(double? seconds) =>
        seconds is > 0 and < 253402300799 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds.Value * 1000)) : null;
}
