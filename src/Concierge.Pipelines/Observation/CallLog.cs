using Microsoft.Extensions.Logging;

namespace Concierge.Pipelines;

/// <summary>What a call writes to the log. Ids 2000–2099; no number, key or word of the call.</summary>
internal static partial class CallLog
{
    [LoggerMessage(2000, LogLevel.Information, "Call {CallSid} on stream {StreamSid} started.")]
    public static partial void Started(ILogger logger, string callSid, string streamSid);

    [LoggerMessage(2001, LogLevel.Information, "Call {CallSid} ended after {Seconds:0.0} s: {Reason}. {Advice}")]
    public static partial void Ended(ILogger logger, string callSid, double seconds, string reason, string advice);

    [LoggerMessage(2002, LogLevel.Warning, "Call {CallSid} ended after {Seconds:0.0} s: {Reason} ({Detail}). {Advice}")]
    public static partial void EndedBadly(ILogger logger, string callSid, double seconds, string reason, string detail, string advice);

    [LoggerMessage(2003, LogLevel.Error, "The controller of call {CallSid} failed.")]
    public static partial void ControllerFailed(ILogger logger, string callSid, Exception exception);

    [LoggerMessage(2004, LogLevel.Error, "An observer of call {CallSid}, {Observer}, failed; the call goes on.")]
    public static partial void ObserverFailed(ILogger logger, string callSid, string observer, Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "Call {CallSid} got a tool output for {ToolCallId}, which waits for none.")]
    public static partial void ToolOutputUnexpected(ILogger logger, string callSid, string toolCallId);

    [LoggerMessage(2006, LogLevel.Error, "A media loop of call {CallSid} failed.")]
    public static partial void LoopFailed(ILogger logger, string callSid, Exception exception);
}
