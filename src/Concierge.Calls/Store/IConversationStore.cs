namespace Concierge.Calls.Store;

/// <summary>The conversations of text agents: append-only lists of items under a session id, which survive a restart. Thread-safe.</summary>
public interface IConversationStore
{
    /// <summary>Reads a conversation.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="last">Only the last so many items; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The items in order, each as the JSON it was written as; none for an unknown session.</returns>
    Task<IReadOnlyList<string>> ReadConversationAsync(string sessionId, int? last, CancellationToken cancellationToken);

    /// <summary>Appends items, all or none.</summary>
    /// <param name="sessionId">The session; made when new.</param>
    /// <param name="items">JSON texts.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When written.</returns>
    Task AppendConversationAsync(string sessionId, IReadOnlyList<string> items, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes the last item away, to correct it.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The item, or null when there is none.</returns>
    Task<string?> PopConversationAsync(string sessionId, CancellationToken cancellationToken);

    /// <summary>Forgets a conversation.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteConversationAsync(string sessionId, CancellationToken cancellationToken);
}
