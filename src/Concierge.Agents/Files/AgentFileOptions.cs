using Concierge.Agents.Tools;
using Microsoft.Extensions.Logging;

namespace Concierge.Agents.Files;

/// <summary>What an agent file may refer to besides itself.</summary>
public sealed record AgentFileOptions
{
    /// <summary>Tools of the program, by the name that files use.</summary>
    public IReadOnlyDictionary<string, AgentTool> HostTools { get; init; } = new Dictionary<string, AgentTool>();

    /// <summary>Looks a secret up, for <c>${NAME}</c>; null for the environment.</summary>
    public Func<string, string?>? Secret { get; init; }

    /// <summary>Names that calls set as variables besides those that the file sets.</summary>
    public IReadOnlyList<string> KnownVariables { get; init; } =
        ["today", "now", "call_id", "restaurant", "party_size", "date", "time", "guest_name", "guest_phone", "notes", "confirmation_number", "request", "caller_number"];

    /// <summary>The clock of its tools.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where reloading is noted.</summary>
    public ILoggerFactory? Loggers { get; init; }
}
