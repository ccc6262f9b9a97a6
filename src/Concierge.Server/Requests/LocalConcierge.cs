using Concierge.Agents;
using Concierge.Agents.Reservations;
using Concierge.Agents.Text;
using Concierge.Calls.Store;
using Concierge.Pipelines;
using Concierge.Server.Shell;

namespace Concierge.Server.Requests;

/// <summary>The concierge inside this program: the model by key or simulated, the telephone simulated, conversations in a file of their own. Dispose it to close the file.</summary>
internal sealed class LocalConcierge : IAsyncDisposable
{
    private readonly AgentCastSource _agents;
    private readonly ICallStore? _store;

    private LocalConcierge(AgentCastSource agents, ICallStore? store, ConciergeService service)
    {
        _agents = agents;
        _store = store;
        Service = service;
    }

    public ConciergeService Service { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandException">The agents or the file of conversations cannot be used.</exception>
    public static async Task<LocalConcierge> OpenAsync(ConciergeOptions options, bool simulateModel, Action<CallEvent>? onCallEvent, CancellationToken cancellationToken)
    {
        AgentCastSource agents = OpenAgents(options.AgentsFile);
        ITextModel model = (simulateModel ? options with { ApiKey = null } : options).CreateModel(TimeProvider.System);
        ICallStore? store = await OpenStoreAsync(options.DataDirectory, cancellationToken);
        IReservationDesk desk = new SimulatedReservationDesk(() => agents.Current, onCallEvent);
        return new LocalConcierge(agents, store, new ConciergeService(options.WithSomebodyToCall(), () => agents.Current, model, desk, store ?? (IConversationStore)new MemoryConversations(), TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        await _agents.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private static AgentCastSource OpenAgents(string file)
    {
        try
        {
            return new AgentCastSource(file);
        }
        catch (AgentDefinitionException e)
        {
            throw new CommandException(ExitCodes.Input, $"{file} cannot be used:\n{string.Join('\n', e.Problems.Select(p => $"  {file}{p}."))}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Input, File.Exists(file) ? $"{file} cannot be read: {e.Message}" : $"there is no file {file}.");
        }
    }

    private static async Task<ICallStore?> OpenStoreAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            ICallStore store = CallStores.Sqlite(Path.Combine(folder, "simulated.db"), TimeProvider.System);
            await store.MigrateAsync(cancellationToken);
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CallStoreException)
        {
            return null; // a folder that cannot be written costs the memory, not the answer
        }
    }
}
