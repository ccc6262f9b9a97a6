using Concierge.Agents.Tools;
using Concierge.Agents.Usage;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Text;

/// <summary>What all runs of a text runner share.</summary>
public sealed record TextRunnerOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Answers of the model until the run is given up.</summary>
    public int MaxTurns { get; init; } = 16;

    /// <summary>Asks for approval of a tool that needs it; null refuses all.</summary>
    public Func<AgentTool, ToolInvocation, CancellationToken, ValueTask<ToolApproval>>? Approve { get; init; }

    /// <summary>What a model's tokens cost; null leaves the cost unknown.</summary>
    public Func<string, ModelUsage, decimal?>? Price { get; init; }

    /// <summary>Where failures are noted.</summary>
    public ILoggerFactory? Loggers { get; init; }
}
