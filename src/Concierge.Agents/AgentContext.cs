using System.Collections.Concurrent;

namespace Concierge.Agents;

/// <summary>What one conversation knows besides its words: variables for the prompts, and whatever its tools share. Thread-safe. Nothing in it comes from the model.</summary>
public sealed class AgentContext
{
    // A handful of each, hardly ever written to from two sides: the default sizes would cost a kilobyte per conversation.
    private readonly ConcurrentDictionary<Type, object> _items = new(concurrencyLevel: 1, capacity: 3);

    /// <summary>A context.</summary>
    /// <param name="conversationId">The conversation's id, for traces, tools and the store; null makes one.</param>
    /// <param name="variables">The first variables.</param>
    /// <param name="services">What tools may ask for by type; null for nothing.</param>
    public AgentContext(string? conversationId = null, IEnumerable<KeyValuePair<string, string>>? variables = null, IServiceProvider? services = null)
    {
        ConversationId = conversationId ?? Guid.NewGuid().ToString("n");
        Variables = new(concurrencyLevel: 1, capacity: 7, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in variables ?? [])
        {
            Variables[name] = value;
        }

        Services = services;
    }

    /// <summary>The conversation's id: the call id of a call, the session id of a chat. Set again only before the conversation begins, by whoever learns then which call it is.</summary>
    public string ConversationId { get; set; }

    /// <summary>What <c>{{name}}</c> in prompts and conditions of hand-offs stand for. Names regardless of case.</summary>
    public ConcurrentDictionary<string, string> Variables { get; }

    /// <summary>What tools may ask for by type.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>Something the conversation's tools share, by its type; null when nobody has set it.</summary>
    public T? Find<T>()
        where T : class => _items.TryGetValue(typeof(T), out object? item) ? (T)item : Services?.GetService(typeof(T)) as T;

    /// <summary>Shares something, by its type; replaces what was there.</summary>
    public void Set<T>(T item)
        where T : class => _items[typeof(T)] = item;
}
