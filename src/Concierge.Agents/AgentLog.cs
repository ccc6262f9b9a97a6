using Microsoft.Extensions.Logging;

namespace Concierge.Agents;

/// <summary>What agents write to the log. Ids 3000–3099; no argument or result of a tool.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(3000, LogLevel.Warning, "The tool {Tool} did not answer within {Seconds:0.#} s; the model was told so.")]
    public static partial void ToolTimedOut(ILogger logger, string tool, double seconds);

    [LoggerMessage(3001, LogLevel.Error, "The tool {Tool} failed; the model was told so.")]
    public static partial void ToolFailed(ILogger logger, string tool, Exception exception);
}
