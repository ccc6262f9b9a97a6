namespace Concierge.Server.Recording;

/// <summary>What recordings write to the log. Ids 5200–5249.</summary>
internal static partial class RecordingLog
{
    [LoggerMessage(5200, LogLevel.Error, "Recordings cannot be written to {Folder}; calls go on without. Make room or change RECORDINGS_DIR. This is told once until it works again.")]
    public static partial void Failing(ILogger logger, string folder);

    [LoggerMessage(5201, LogLevel.Information, "Recordings are written to {Folder} again.")]
    public static partial void Working(ILogger logger, string folder);

    [LoggerMessage(5202, LogLevel.Warning, "The recording {File} was cut short when this node stopped last time; it is repaired.")]
    public static partial void Repaired(ILogger logger, string file);

    [LoggerMessage(5203, LogLevel.Warning, "The recording of call {CallSid} is truncated: {Detail}")]
    public static partial void Truncated(ILogger logger, string callSid, string detail);
}
