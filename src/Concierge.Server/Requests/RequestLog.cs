namespace Concierge.Server.Requests;

/// <summary>What is noted of agents and requests on a node. Ids 5300 to 5399.</summary>
internal static partial class RequestLog
{
    [LoggerMessage(5300, LogLevel.Warning, "There is no agent '{Agent}' that a call asks for; {Instead} answers it.")]
    public static partial void AgentMissing(ILogger logger, string agent, string instead);

    [LoggerMessage(5301, LogLevel.Information, "Call {CallId}: its outcome was read from the transcript: {Status}, confidence {Confidence}.")]
    public static partial void OutcomeRead(ILogger logger, string callId, string status, double confidence);

    [LoggerMessage(5302, LogLevel.Warning, "Call {CallId}: the model did not read its transcript, rules do. {Reason}")]
    public static partial void ModelDidNotRead(ILogger logger, string callId, string reason);

    [LoggerMessage(5303, LogLevel.Warning, "Call {CallId}: its transcript could not be read: {Reason}")]
    public static partial void TranscriptNotRead(ILogger logger, string callId, string reason);

    [LoggerMessage(5304, LogLevel.Error, "Call {CallId}: reading its transcript failed, a fault of this program. Please report it.")]
    public static partial void AnalysisFailed(ILogger logger, string callId, Exception exception);
}
