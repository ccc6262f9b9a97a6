using System.Collections.Concurrent;
using Concierge.Calls.Store;

namespace Concierge.Server.Requests;

/// <summary>Conversations for as long as the program runs, for where there is no store.</summary>
internal sealed class MemoryConversations : IConversationStore
{
    private readonly ConcurrentDictionary<string, List<string>> _sessions = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<string>> ReadConversationAsync(string sessionId, int? last, CancellationToken cancellationToken)
    {
        List<string> items = _sessions.GetValueOrDefault(sessionId) ?? [];
        lock (items)
        {
            return Task.FromResult<IReadOnlyList<string>>([.. items.TakeLast(last ?? int.MaxValue)]);
        }
    }

    public Task AppendConversationAsync(string sessionId, IReadOnlyList<string> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<string> kept = _sessions.GetOrAdd(sessionId, static _ => []);
        lock (kept)
        {
            kept.AddRange(items);
        }

        return Task.CompletedTask;
    }

    public Task<string?> PopConversationAsync(string sessionId, CancellationToken cancellationToken)
    {
        List<string> items = _sessions.GetValueOrDefault(sessionId) ?? [];
        lock (items)
        {
            string? last = items.Count == 0 ? null : items[^1];
            items.RemoveRange(Math.Max(0, items.Count - 1), Math.Min(1, items.Count));
            return Task.FromResult(last);
        }
    }

    public Task<bool> DeleteConversationAsync(string sessionId, CancellationToken cancellationToken) => Task.FromResult(_sessions.TryRemove(sessionId, out _));
}
