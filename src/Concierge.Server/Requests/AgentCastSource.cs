using Concierge.Agents;
using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Reservations;

namespace Concierge.Server.Requests;

/// <summary>The cast as its files are now. Thread-safe; dispose it to end the tool servers that the files started.</summary>
internal sealed class AgentCastSource : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly AgentFileSource? _own;
    private readonly AgentFileSource _ready;
    private readonly Agent? _frontDesk;
    private (AgentDefinitions? Own, AgentDefinitions Ready, AgentCast Cast)? _made;

    /// <summary>A source.</summary>
    /// <param name="path">The operator's file; null, or the concierge's own, for none.</param>
    /// <param name="frontDesk">Who answers calls otherwise; null where none are answered.</param>
    /// <param name="loggers">Where reloading is noted.</param>
    /// <exception cref="AgentDefinitionException">A file cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public AgentCastSource(string? path, Agent? frontDesk = null, ILoggerFactory? loggers = null)
    {
        var options = new AgentFileOptions { HostTools = ConciergeTools.Catalog, Loggers = loggers };
        _own = path is null || path == ReadyAgents.Concierge ? null : new AgentFileSource(path, options);
        _ready = new AgentFileSource(ReadyAgents.Concierge, options);
        _frontDesk = frontDesk;
    }

    /// <summary>The cast now.</summary>
    public AgentCast Current
    {
        get
        {
            AgentDefinitions? own = _own?.Current;
            AgentDefinitions ready = _ready.Current;
            lock (_gate)
            {
                if (_made is not { } made || !ReferenceEquals(made.Own, own) || !ReferenceEquals(made.Ready, ready))
                {
                    _made = made = (own, ready, AgentCast.Create(own, ready, _frontDesk));
                }

                return made.Cast;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ready.DisposeAsync();
        await (_own?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
