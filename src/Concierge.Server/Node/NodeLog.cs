namespace Concierge.Server.Node;

/// <summary>The front door's log lines, ids 5000 to 5099. No number, key, token or word of a call is among them, but for those of <c>LOG_PERSONAL_DATA</c> (5060, 5061).</summary>
internal static partial class NodeLog
{
    [LoggerMessage(5000, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(5001, LogLevel.Information, "Stopping: no new calls, {Running} running are asked to end within {Seconds} s")]
    public static partial void Draining(ILogger logger, int running, double seconds);

    [LoggerMessage(5002, LogLevel.Information, "Stopped: every call ended in order")]
    public static partial void Drained(ILogger logger);

    [LoggerMessage(5003, LogLevel.Warning, "Stopped: {Running} calls were cut off")]
    public static partial void CutOff(ILogger logger, int running);

    [LoggerMessage(5004, LogLevel.Warning, "Only {Limit} file descriptors are allowed, and MAX_CALLS={Calls} may need {Needed}: connections beyond will wait. Raise the limit (ulimit -n, LimitNOFILE=) or lower MAX_CALLS")]
    public static partial void FewDescriptors(ILogger logger, int limit, int calls, int needed);

    [LoggerMessage(5010, LogLevel.Debug, "Media stream opened, {Running} running")]
    public static partial void StreamOpened(ILogger logger, int running);

    [LoggerMessage(5011, LogLevel.Debug, "Media stream closed after {Seconds:0.0} s: {Reason}")]
    public static partial void StreamClosed(ILogger logger, double seconds, string reason);

    [LoggerMessage(5012, LogLevel.Error, "Media stream failed by a fault of this program; please report it")]
    public static partial void StreamFailed(ILogger logger, Exception exception);

    [LoggerMessage(5013, LogLevel.Warning, "Media stream refused with {Status}: {Why}")]
    public static partial void RefusedUpgrade(ILogger logger, int status, string why);

    [LoggerMessage(5014, LogLevel.Warning, "Overloaded with {Running} calls: new ones are refused; the loops are {Milliseconds:0.0} ms late and {Percent:0} % busy")]
    public static partial void Overloaded(ILogger logger, int running, double milliseconds, double percent);

    [LoggerMessage(5015, LogLevel.Information, "No longer overloaded, {Running} calls running: new ones are taken; the loops are {Milliseconds:0.0} ms late and {Percent:0} % busy")]
    public static partial void Relieved(ILogger logger, int running, double milliseconds, double percent);

    [LoggerMessage(5020, LogLevel.Warning, "Request for TwiML refused: its X-Twilio-Signature is missing or wrong; check PUBLIC_DOMAIN and TWILIO_AUTH_TOKEN")]
    public static partial void RefusedWebhook(ILogger logger);

    [LoggerMessage(5021, LogLevel.Warning, "Request for TwiML refused: {Why}")]
    public static partial void BadWebhook(ILogger logger, string why);

    [LoggerMessage(5030, LogLevel.Error, "The call store cannot be used yet; calls are served, their records wait. {Why}")]
    public static partial void StoreNotReady(ILogger logger, string why);

    [LoggerMessage(5031, LogLevel.Warning, "A callback was passed over: {Why}")]
    public static partial void CallbackIgnored(ILogger logger, string why);

    [LoggerMessage(5032, LogLevel.Warning, "The carrier could not be told what to do with a call: {Why}")]
    public static partial void CarrierNotTold(ILogger logger, string why);

    [LoggerMessage(5040, LogLevel.Warning, "API request refused with {Status}: {Why}")]
    public static partial void RefusedApi(ILogger logger, int status, string why);

    [LoggerMessage(5041, LogLevel.Information, "API: {Key} {Action}")]
    public static partial void ApiUsed(ILogger logger, string key, string action);

    [LoggerMessage(5060, LogLevel.Information, "Call {CallId}, {Speaker}: {Text}")]
    public static partial void Said(ILogger logger, string callId, string speaker, string text);

    [LoggerMessage(5061, LogLevel.Information, "Call {CallId}, key pressed: {Digit}")]
    public static partial void KeyPressed(ILogger logger, string callId, char digit);

    [LoggerMessage(5051, LogLevel.Information, "Warmed up: {Methods} methods compiled since the start")]
    public static partial void WarmedUp(ILogger logger, long methods);

    [LoggerMessage(5052, LogLevel.Warning, "The warm-up did not work; the first calls do the warming")]
    public static partial void WarmUpFailed(ILogger logger, Exception exception);

    [LoggerMessage(5050, LogLevel.Error, "A fault of this program escaped to an event loop; the loop goes on.")]
    public static partial void LoopFaulted(ILogger logger, Exception exception);
}
