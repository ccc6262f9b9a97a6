using Concierge.Agents.Files;
using Concierge.Agents.Reservations;
using Concierge.Agents.Restaurants;
using Concierge.Agents.Text;
using Concierge.Calls.Store;
using Concierge.Pipelines;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Requests;

/// <summary>The concierge inside this program: the model by key or simulated, the telephone simulated, conversations in a file of their own. Dispose it to close the file.</summary>
internal sealed class LocalConcierge : IAsyncDisposable
{
    private readonly AgentDefinitions _agents;
    private readonly ICallStore? _store;

    private LocalConcierge(AgentDefinitions agents, ICallStore? store, ConciergeService service)
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
        AgentDefinitions agents = AgentsCommand.Load(options.AgentsFile);
        if (!agents.IsUsable)
        {
            throw AgentsCommand.Broken(options.AgentsFile, agents);
        }

        // Without a restaurant of the operator's own there must be somebody to call.
        ConciergeOptions with = options.Restaurants.Count > 0 ? options : options with
        {
            Restaurants = [new Restaurant("Trattoria Bella", "+14155550100") { Cuisine = "Italian", Area = "North Beach", Notes = "made up for the simulation" }],
        };
        ITextModel model = (simulateModel ? options with { ApiKey = null } : options).CreateModel(TimeProvider.System);
        ICallStore? store = await OpenStoreAsync(options.DataDirectory, cancellationToken);
        IReservationDesk desk = new SimulatedReservationDesk(() => agents, onCallEvent);
        return new LocalConcierge(agents, store, new ConciergeService(with, () => agents, model, desk, store ?? (IConversationStore)new MemoryConversations(), TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        await _agents.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
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
