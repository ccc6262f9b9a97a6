using Microsoft.Extensions.Logging;

namespace Concierge.Calls.Outbound;

/// <summary>Log lines about placing and settling calls, ids 4020 to 4049. Numbers are masked unless the operator asked for them.</summary>
internal static partial class OutboundLog
{
    [LoggerMessage(4020, LogLevel.Information, "Call {CallId} to {To} placed")]
    public static partial void Placed(ILogger logger, string callId, string to);

    [LoggerMessage(4021, LogLevel.Warning, "Call to {To} refused: {Refusal}")]
    public static partial void Refused(ILogger logger, string to, CallRefusal refusal);

    [LoggerMessage(4022, LogLevel.Error, "Call {CallId} failed: {Why}")]
    public static partial void CarrierFailed(ILogger logger, string callId, string why);

    [LoggerMessage(4023, LogLevel.Warning, "Call {CallId}: it is unclear whether the carrier dials; waiting for its callback. {Why}")]
    public static partial void Unconfirmed(ILogger logger, string callId, string why);

    [LoggerMessage(4024, LogLevel.Information, "Call {CallId} is {State} at the carrier; its callback never came")]
    public static partial void Reconciled(ILogger logger, string callId, string state);

    [LoggerMessage(4025, LogLevel.Warning, "Call {CallId} is ended: {Cause}")]
    public static partial void HangingUp(ILogger logger, string callId, string cause);

    [LoggerMessage(4026, LogLevel.Warning, "Call {CallId} lost its node and is settled here")]
    public static partial void Orphan(ILogger logger, string callId);

    [LoggerMessage(4027, LogLevel.Error, "Calls could not be settled: {Why}")]
    public static partial void SettlingFailed(ILogger logger, string why);

    [LoggerMessage(4028, LogLevel.Information, "{Calls} calls are older than the retention allows and were deleted")]
    public static partial void Purged(ILogger logger, int calls);

    [LoggerMessage(4029, LogLevel.Error, "Settling calls failed by a fault of this program; please report it")]
    public static partial void SettlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(4030, LogLevel.Warning, "The recording of a deleted call could not be deleted: {Why}")]
    public static partial void RecordingStays(ILogger logger, string why);
}
