using Microsoft.Extensions.Logging;

namespace Concierge.Agents;

/// <summary>What agents write to the log. Ids 3000–3099; no argument or result of a tool, no word of a conversation.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(3000, LogLevel.Warning, "The tool {Tool} did not answer within {Seconds:0.#} s; the model was told so.")]
    public static partial void ToolTimedOut(ILogger logger, string tool, double seconds);

    [LoggerMessage(3001, LogLevel.Error, "The tool {Tool} failed; the model was told so.")]
    public static partial void ToolFailed(ILogger logger, string tool, Exception exception);

    [LoggerMessage(3002, LogLevel.Error, "The guardrail {Guardrail} failed; the text {Passes}.")]
    public static partial void GuardrailFailed(ILogger logger, string guardrail, string passes, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "The guardrail {Guardrail} stopped the agent {Agent}: {Reason}.")]
    public static partial void GuardrailTripped(ILogger logger, string guardrail, string agent, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "The agent {Agent} goes without the tools of {Server}: {Reason}")]
    public static partial void ToolServerUnavailable(ILogger logger, string agent, string server, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "The hand-off from {From} to {To} did not happen: {Reason}")]
    public static partial void HandoffFailed(ILogger logger, string from, string to, string reason);

    [LoggerMessage(3006, LogLevel.Error, "{File} has changed and cannot be used; new calls go on with what was there before: {Problems}")]
    public static partial void AgentFileBroken(ILogger logger, string file, string problems);

    [LoggerMessage(3007, LogLevel.Information, "{File} has changed; new calls get its {Agents} agents.")]
    public static partial void AgentFileReloaded(ILogger logger, string file, int agents);

    [LoggerMessage(3008, LogLevel.Warning, "A subscriber of the session's events failed.")]
    public static partial void SubscriberFailed(ILogger logger, Exception exception);
}
