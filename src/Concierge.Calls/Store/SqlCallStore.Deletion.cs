using System.Text;
using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <content>Forgetting, and conversations.</content>
internal sealed partial class SqlCallStore
{
    /// <summary>How long a deleted call's id is remembered, so that a late callback does not bring it back.</summary>
    private static readonly TimeSpan s_tombstoneLife = TimeSpan.FromDays(7);

    public Task<CallDeletion> DeleteAsync(CallDeletionQuery query, CancellationToken cancellationToken) =>
        query.IsEmpty
            ? throw new ArgumentException("Say which calls to delete: by id, number or age.", nameof(query))
            : WriteAsync(session => DeleteAsync(session, query), cancellationToken);

    public Task<IReadOnlyList<string>> ReadConversationAsync(string sessionId, int? last, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<string>>(
            async session =>
            {
                List<string> items = await session.QueryAsync(
                    "SELECT data FROM conversation_items WHERE session_id = @id ORDER BY position DESC LIMIT @limit",
                    static row => row.GetString(0),
                    ("id", sessionId),
                    ("limit", last ?? int.MaxValue));
                items.Reverse();
                return items;
            },
            cancellationToken);

    public Task AppendConversationAsync(string sessionId, IReadOnlyList<string> items, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async session =>
        {
            await session.ExecuteAsync(
                """
                INSERT INTO conversations (session_id, created_at, updated_at) VALUES (@id, @now, @now)
                ON CONFLICT (session_id) DO UPDATE SET updated_at = excluded.updated_at
                """,
                ("id", sessionId),
                ("now", Milliseconds(now)));
            foreach (string item in items)
            {
                await session.ExecuteAsync("INSERT INTO conversation_items (session_id, data) VALUES (@id, @data)", ("id", sessionId), ("data", item));
            }

            return true;
        },
        cancellationToken);

    public Task<string?> PopConversationAsync(string sessionId, CancellationToken cancellationToken) => WriteAsync(
        session => session.TextAsync(
            "DELETE FROM conversation_items WHERE position = (SELECT MAX(position) FROM conversation_items WHERE session_id = @id) RETURNING data", ("id", sessionId)),
        cancellationToken);

    public Task<bool> DeleteConversationAsync(string sessionId, CancellationToken cancellationToken) => WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("DELETE FROM conversation_items WHERE session_id = @id", ("id", sessionId));
            return await session.ExecuteAsync("DELETE FROM conversations WHERE session_id = @id", ("id", sessionId)) > 0;
        },
        cancellationToken);

    private async Task<CallDeletion> DeleteAsync(SqlSession session, CallDeletionQuery query)
    {
        DateTimeOffset now = _time.GetUtcNow();
        await session.ExecuteAsync("DELETE FROM deleted_calls WHERE at < @old", ("old", Milliseconds(now - s_tombstoneLife)));
        StringBuilder where = new("settled = 1");
        List<(string Name, object? Value)> parameters = [];
        if (query.CallId is { } id)
        {
            where.Append(" AND id = @id");
            parameters.Add(("id", id));
        }

        if (query.Number is { } number)
        {
            where.Append(" AND (from_number = @number OR to_number = @number)");
            parameters.Add(("number", number));
        }

        if (query.EndedBefore is { } before)
        {
            where.Append(" AND COALESCE(ended_at, updated_at) < @before");
            parameters.Add(("before", Milliseconds(before)));
        }

        List<string> ids = await session.QueryAsync($"SELECT id FROM calls WHERE {where} ORDER BY id", static row => row.GetString(0), [.. parameters]);
        List<string> recordings = [];
        foreach (string call in ids)
        {
            List<string> paths = await session.QueryAsync(
                "SELECT data FROM call_facts WHERE call_id = @id AND kind IN ('recording', 'recording_started') ORDER BY position",
                static row => CallFactJson.ReadFact(row.GetString(0)) is CallFact.Recorded made ? made.Recording.Path : ((CallFact.RecordingStarted)CallFactJson.ReadFact(row.GetString(0))).Path,
                ("id", call));
            recordings.AddRange(paths.Distinct(StringComparer.Ordinal));
            await session.ExecuteAsync("DELETE FROM call_facts WHERE call_id = @id", ("id", call));
            await session.ExecuteAsync("DELETE FROM calls WHERE id = @id", ("id", call));
            await session.ExecuteAsync("INSERT INTO deleted_calls (id, at) VALUES (@id, @now) ON CONFLICT (id) DO NOTHING", ("id", call), ("now", Milliseconds(now)));
        }

        return new CallDeletion(ids, recordings);
    }
}
