namespace Concierge.Server.Upstream;

/// <summary>What the node says about the Realtime API, ids 5100 to 5119. No key and no word of a call.</summary>
internal static partial class UpstreamLog
{
    [LoggerMessage(5100, LogLevel.Information, "The Realtime API answers again; calls are taken")]
    public static partial void Up(ILogger logger);

    [LoggerMessage(5101, LogLevel.Warning, "The Realtime API is not to be had ({Why}); new calls are refused until a probe succeeds")]
    public static partial void Down(ILogger logger, string why);

    [LoggerMessage(5102, LogLevel.Error, "The Realtime API refuses this node ({Why}); new calls are refused until that is put right: check OPENAI_API_KEY, the account and REALTIME_MODEL")]
    public static partial void Refused(ILogger logger, string why);

    [LoggerMessage(5103, LogLevel.Warning, "The Realtime API is still not to be had ({Why}); looked at again in {Seconds:0} s")]
    public static partial void ProbeFailed(ILogger logger, string why, double seconds);

    [LoggerMessage(5104, LogLevel.Warning, "The session that was dialled ahead for a call did not come about: {Why}")]
    public static partial void ParkedFailed(ILogger logger, string why);

    [LoggerMessage(5105, LogLevel.Debug, "The session that was dialled ahead for a call was not claimed within {Seconds:0} s and is closed")]
    public static partial void ParkedUnclaimed(ILogger logger, double seconds);
}
