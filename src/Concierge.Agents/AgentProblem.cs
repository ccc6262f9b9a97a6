namespace Concierge.Agents;

/// <summary>Something wrong with the definition of agents.</summary>
/// <param name="Path">Where, as a path into the file: <c>agents[1].handoffs[0]</c>.</param>
/// <param name="Message">What is wrong and what to do, without a full stop.</param>
/// <param name="IsError">Whether the agents cannot be used like this; otherwise a warning.</param>
/// <param name="Line">The line in the file, from 1; 0 when the agents did not come from a file.</param>
/// <param name="Column">The column, from 1.</param>
public sealed record AgentProblem(string Path, string Message, bool IsError = true, int Line = 0, int Column = 0)
{
    /// <summary>The problem as compilers write it.</summary>
    public override string ToString() => Line > 0 ? $"({Line},{Column}): {(IsError ? "error" : "warning")}: {Path}: {Message}" : $"{Path}: {Message}";
}
