using Concierge.Agents.Tools;

namespace Concierge.Agents.Files;

/// <summary>What an agent file defines. Dispose it to end the tool servers it started.</summary>
/// <param name="Set">The agents; null when the file cannot be used.</param>
/// <param name="Variables">What its texts are filled with.</param>
/// <param name="Problems">Everything that is wrong or odd, in the file's order.</param>
/// <param name="Servers">The tool servers.</param>
public sealed record AgentDefinitions(
    AgentSet? Set, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<AgentProblem> Problems, IReadOnlyList<McpServerConnection> Servers) : IAsyncDisposable
{
    /// <summary>The files that its texts are in, by full path, whether they could be read or not.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether the file can be used.</summary>
    public bool IsUsable => Set is not null;

    /// <summary>A context for a conversation with these agents.</summary>
    /// <param name="conversationId">The conversation's id; null makes one.</param>
    /// <param name="services">What tools may ask for by type.</param>
    public AgentContext CreateContext(string? conversationId = null, IServiceProvider? services = null) => new(conversationId, Variables, services);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (McpServerConnection server in Servers)
        {
            await server.DisposeAsync();
        }
    }
}
