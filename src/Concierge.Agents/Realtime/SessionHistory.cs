namespace Concierge.Agents.Realtime;

/// <summary>The items of a session, each once, by its id, in the order in which they began. Thread-safe.</summary>
public sealed class SessionHistory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<HistoryItem> _items = [];

    /// <summary>The items as they are now.</summary>
    public IReadOnlyList<HistoryItem> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    /// <summary>One item; null when there is none of that id.</summary>
    public HistoryItem? Find(string itemId)
    {
        lock (_gate)
        {
            return _index.TryGetValue(itemId, out int at) ? _items[at] : null;
        }
    }

    /// <summary>Adds an item, or changes the one of its id.</summary>
    /// <returns>Whether it is new, and whether anything changed.</returns>
    internal (bool Added, bool Changed) Put(HistoryItem item)
    {
        lock (_gate)
        {
            if (_index.TryGetValue(item.ItemId, out int at))
            {
                bool changed = _items[at] != item;
                _items[at] = item;
                return (false, changed);
            }

            _index[item.ItemId] = _items.Count;
            _items.Add(item);
            return (true, true);
        }
    }
}
