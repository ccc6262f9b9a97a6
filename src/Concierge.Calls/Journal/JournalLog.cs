using Microsoft.Extensions.Logging;

namespace Concierge.Calls.Journal;

/// <summary>The journal's log lines, ids 4000 to 4019.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(4000, LogLevel.Error, "The call store is away; calls go on, their records are kept in the spill file until it is back. {Why}")]
    public static partial void StoreAway(ILogger logger, string why);

    [LoggerMessage(4001, LogLevel.Warning, "The call store is back; {Replayed} records were replayed")]
    public static partial void StoreBack(ILogger logger, long replayed);

    [LoggerMessage(4002, LogLevel.Error, "{Facts} call records were lost: the journal's queue is full")]
    public static partial void Overflow(ILogger logger, long facts);

    [LoggerMessage(4003, LogLevel.Error, "The spill file cannot be written: {Why}")]
    public static partial void SpillFailed(ILogger logger, string why);

    [LoggerMessage(4004, LogLevel.Error, "The call store refuses a record of kind {Kind}; it is kept in the file *.rejected beside the spill file. {Why}")]
    public static partial void Rejected(ILogger logger, string kind, string why);

    [LoggerMessage(4005, LogLevel.Critical, "The call journal failed by a fault of this program; please report it")]
    public static partial void Failed(ILogger logger, Exception exception);
}
