using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <summary>
/// The store over either database. One transaction per batch of facts; the calls in it are locked in the order of their ids, so that two nodes never wait for
/// each other, and a call's facts become visible in the order of their positions. All work happens on the pool, never on the caller's thread.
/// </summary>
internal sealed partial class SqlCallStore : ICallStore
{
    private const int MaxConflicts = 5;
    private const string CallColumns = "record";

    private readonly SqlDialect _dialect;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _migrations;

    /// <param name="dialect">The database; disposed with the store.</param>
    /// <param name="time">The clock of what is still running.</param>
    /// <param name="migrations">The schema's history; null for the program's own.</param>
    public SqlCallStore(SqlDialect dialect, TimeProvider time, IReadOnlyList<string>? migrations = null)
    {
        _dialect = dialect;
        _time = time;
        _migrations = migrations ?? SqlMigrations.For(dialect);
    }

    public string Name => _dialect.Name;

    public Task MigrateAsync(CancellationToken cancellationToken) => WriteAsync(MigrateAsync, cancellationToken);

    public async Task<IReadOnlyList<CallRecord>> AppendAsync(IReadOnlyCollection<CallFact> facts, CancellationToken cancellationToken) =>
        facts.Count == 0 ? [] : await WriteAsync(session => AppendAsync(session, facts), cancellationToken);

    public Task<CallRecord?> GetAsync(string callId, CancellationToken cancellationToken) =>
        ReadAsync(session => OneAsync(session, $"SELECT {CallColumns} FROM calls WHERE id = @id", ("id", callId)), cancellationToken);

    public Task<CallRecord?> FindBySidAsync(string callSid, CancellationToken cancellationToken) =>
        ReadAsync(session => OneAsync(session, $"SELECT {CallColumns} FROM calls WHERE call_sid = @sid ORDER BY created_at DESC LIMIT 1", ("sid", callSid)), cancellationToken);

    public Task<IReadOnlyList<StoredFact>> ReadFactsAsync(string callId, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredFact>>(
            async session => await session.QueryAsync(
                "SELECT position, data FROM call_facts WHERE call_id = @id AND position > @after ORDER BY position LIMIT @limit",
                static row => new StoredFact(row.GetInt64(0), CallFactJson.ReadFact(row.GetString(1))),
                ("id", callId),
                ("after", after),
                ("limit", limit)),
            cancellationToken);

    public Task<CallPage> ListAsync(CallQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, CallQuery.MaxLimit);
        return ReadAsync(session => ListAsync(session, query), cancellationToken);
    }

    public Task<OutboundTally> TallyOutboundAsync(DateTimeOffset since, string? to, CancellationToken cancellationToken) =>
        ReadAsync(
            async session => (await session.QueryAsync(
                $"""
                SELECT CAST(COUNT(*) AS BIGINT),
                    CAST(COALESCE(SUM(COALESCE(duration_s * 1000, CASE WHEN answered_at IS NULL THEN 0 ELSE COALESCE(ended_at, @now) - answered_at END)), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN state < {(int)CallState.Completed} THEN 1 ELSE 0 END), 0) AS BIGINT)
                FROM calls WHERE direction = {(int)CallDirection.Outbound} AND created_at >= @since{(to is null ? "" : " AND to_number = @to")}
                """,
                static row => new OutboundTally((int)row.GetInt64(0), row.GetInt64(1) / 1_000, (int)row.GetInt64(2)),
                [("now", Milliseconds(_time.GetUtcNow())), ("since", Milliseconds(since)), .. to is null ? Array.Empty<(string, object?)>() : [("to", to)]]))[0],
            cancellationToken);

    public Task<bool> TrySpendAsync(string token, DateTimeOffset expiresAt, CancellationToken cancellationToken) => WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("DELETE FROM spent_tokens WHERE expires_at < @now", ("now", Milliseconds(_time.GetUtcNow())));
            return await session.ExecuteAsync(
                "INSERT INTO spent_tokens (token, expires_at) VALUES (@token, @expires) ON CONFLICT (token) DO NOTHING",
                ("token", token),
                ("expires", Milliseconds(expiresAt))) == 1;
        },
        cancellationToken);

    public Task BeatAsync(string node, string incarnation, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        session => session.ExecuteAsync(
            """
            INSERT INTO nodes (name, incarnation, seen_at) VALUES (@name, @incarnation, @now)
            ON CONFLICT (name) DO UPDATE SET incarnation = excluded.incarnation, seen_at = excluded.seen_at
            """,
            ("name", node),
            ("incarnation", incarnation),
            ("now", Milliseconds(now))),
        cancellationToken);

    public Task<IReadOnlyList<CallRecord>> FindOrphansAsync(DateTimeOffset deadline, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<CallRecord>>(
            async session => await session.QueryAsync(
                $"""
                SELECT {CallColumns} FROM calls c WHERE settled = 0 AND (node IS NOT NULL OR updated_at < @deadline) AND NOT EXISTS (
                    SELECT 1 FROM nodes n WHERE c.node = n.name || '/' || n.incarnation AND n.seen_at >= @deadline)
                ORDER BY created_at LIMIT @limit
                """,
                ReadRecord,
                ("deadline", Milliseconds(deadline)),
                ("limit", limit)),
            cancellationToken);

    public ValueTask DisposeAsync() => _dialect.DisposeAsync();

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static object? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private static CallRecord ReadRecord(DbDataReader row) => CallFactJson.ReadRecord(row.GetString(0));

    private static async Task<CallRecord?> OneAsync(SqlSession session, string sql, params (string Name, object? Value)[] parameters) =>
        (await session.QueryAsync(sql, ReadRecord, parameters)).FirstOrDefault();

    private async Task<bool> MigrateAsync(SqlSession session)
    {
        // Nodes that start at the same time take turns.
        if (_dialect.MigrationLock is { } statement)
        {
            await session.ExecuteAsync(statement);
        }

        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, applied_at BIGINT NOT NULL)");
        int version = int.Parse(await session.TextAsync("SELECT COALESCE(MAX(version), 0) FROM schema_versions") ?? "0", CultureInfo.InvariantCulture);
        if (version > _migrations.Count)
        {
            throw new CallStoreException(
                $"The {Name} database has schema version {version}; this program knows {_migrations.Count}. It was written by a newer version: update this node.", isPermanent: true);
        }

        for (int next = version; next < _migrations.Count; next++)
        {
            await session.ExecuteAsync(_migrations[next]);
            await session.ExecuteAsync(
                "INSERT INTO schema_versions (version, applied_at) VALUES (@version, @now)", ("version", next + 1), ("now", Milliseconds(_time.GetUtcNow())));
        }

        return true;
    }

    private async Task<IReadOnlyList<CallRecord>> AppendAsync(SqlSession session, IReadOnlyCollection<CallFact> facts)
    {
        List<CallRecord> touched = [];
        foreach (IGrouping<string, CallFact> ofCall in facts.GroupBy(f => f.CallId, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (await AppendToCallAsync(session, ofCall.Key, ofCall) is { } record)
            {
                touched.Add(record);
            }
        }

        return touched;
    }

    private async Task<CallRecord?> AppendToCallAsync(SqlSession session, string callId, IEnumerable<CallFact> facts)
    {
        // A call that was deleted stays deleted, whatever comes late.
        if (await session.TextAsync("SELECT id FROM deleted_calls WHERE id = @id", ("id", callId)) is not null)
        {
            return null;
        }

        string select = $"SELECT {CallColumns} FROM calls WHERE id = @id{_dialect.ForUpdate}";
        CallRecord? before = await OneAsync(session, select, ("id", callId));
        if (before is null)
        {
            // Whoever inserts first has the row; the others wait here for that transaction, then read what it wrote.
            CallFact first = facts.First();
            CallRecord empty = new() { Id = callId, CreatedAt = first.At, StateAt = first.At, UpdatedAt = first.At };
            await session.ExecuteAsync(
                """
                INSERT INTO calls (id, direction, state, settled, created_at, updated_at, version, record)
                VALUES (@id, 0, 0, 0, @created, @created, 0, @record) ON CONFLICT (id) DO NOTHING
                """,
                ("id", callId),
                ("created", Milliseconds(first.At)),
                ("record", CallFactJson.Write(empty)));
            before = await OneAsync(session, select, ("id", callId)) ?? throw new CallConflictException();
        }

        CallRecord record = before;
        foreach (CallFact fact in facts)
        {
            int added = await session.ExecuteAsync(
                "INSERT INTO call_facts (fact_id, call_id, kind, at, data) VALUES (@fact, @call, @kind, @at, @data) ON CONFLICT (fact_id) DO NOTHING",
                ("fact", fact.FactId),
                ("call", callId),
                ("kind", fact.Kind),
                ("at", Milliseconds(fact.At)),
                ("data", CallFactJson.Write(fact)));
            record = added == 1 ? CallFold.Apply(record, fact) : record;
        }

        if (record.Version != before.Version)
        {
            await UpdateAsync(session, record, before.Version);
        }

        return record;
    }

    private static async Task UpdateAsync(SqlSession session, CallRecord record, long expectedVersion)
    {
        int changed = await session.ExecuteAsync(
            """
            UPDATE calls SET call_sid = @sid, direction = @direction, from_number = @from, to_number = @to, agent = @agent, node = @node, state = @state,
                settled = @settled, created_at = @created, answered_at = @answered, ended_at = @ended, duration_s = @duration, updated_at = @updated,
                version = @version, record = @record
            WHERE id = @id AND version = @expected
            """,
            ("sid", record.CallSid),
            ("direction", (int)record.Direction),
            ("from", record.From),
            ("to", record.To),
            ("agent", record.Agent),
            ("node", record.Node),
            ("state", (int)record.State),
            ("settled", record.IsSettled ? 1 : 0),
            ("created", Milliseconds(record.CreatedAt)),
            ("answered", Milliseconds(record.AnsweredAt)),
            ("ended", Milliseconds(record.EndedAt)),
            ("duration", record.DurationSeconds is { } seconds ? (long)seconds : null),
            ("updated", Milliseconds(record.UpdatedAt)),
            ("version", record.Version),
            ("record", CallFactJson.Write(record)),
            ("id", record.Id),
            ("expected", expectedVersion));
        if (changed != 1)
        {
            throw new CallConflictException();
        }
    }

    private static async Task<CallPage> ListAsync(SqlSession session, CallQuery query)
    {
        StringBuilder where = new("1 = 1");
        List<(string Name, object? Value)> parameters = [];
        void Add(string condition, string name, object? value)
        {
            where.Append(" AND ").Append(condition);
            parameters.Add((name, value));
        }

        if (query.States.Count > 0)
        {
            where.Append(" AND state IN (").AppendJoin(", ", query.States.Select(s => (int)s)).Append(')');
        }

        if (query.Direction is { } direction)
        {
            Add("direction = @direction", "direction", (int)direction);
        }

        if (query.Number is { } number)
        {
            Add("(from_number = @number OR to_number = @number)", "number", number);
        }

        if (query.Agent is { } agent)
        {
            Add("agent = @agent", "agent", agent);
        }

        if (query.From is { } from)
        {
            Add("created_at >= @from", "from", Milliseconds(from));
        }

        if (query.Until is { } until)
        {
            Add("created_at < @until", "until", Milliseconds(until));
        }

        if (query.Cursor is { } cursor)
        {
            (long at, string id) = CallCursor.Read(cursor);
            Add("(created_at < @cursor OR (created_at = @cursor AND id < @cursor_id))", "cursor", at);
            parameters.Add(("cursor_id", id));
        }

        parameters.Add(("limit", query.Limit + 1));
        List<CallRecord> rows = await session.QueryAsync(
            $"SELECT {CallColumns} FROM calls WHERE {where} ORDER BY created_at DESC, id DESC LIMIT @limit", ReadRecord, [.. parameters]);
        bool more = rows.Count > query.Limit;
        List<CallRecord> page = more ? rows[..query.Limit] : rows;
        return new CallPage(page, more ? CallCursor.Write(Milliseconds(page[^1].CreatedAt), page[^1].Id) : null);
    }

    private Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) => RunAsync(write: false, work, cancellationToken);

    private Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) => RunAsync(write: true, work, cancellationToken);

    private Task<T> RunAsync<T>(bool write, Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await using DbConnection connection = await _dialect.OpenAsync(cancellationToken);
                    if (!write)
                    {
                        return await work(new SqlSession(connection, null, cancellationToken));
                    }

                    await using DbTransaction transaction = await _dialect.BeginAsync(connection, cancellationToken);
                    T result = await work(new SqlSession(connection, transaction, cancellationToken));
                    await transaction.CommitAsync(cancellationToken);
                    return result;
                }
                catch (Exception exception) when (attempt < MaxConflicts && (exception is CallConflictException || (exception is DbException lost && _dialect.IsConflict(lost))))
                {
                    // Somebody else was faster; read again what there is now.
                }
                catch (Exception exception) when (exception is DbException or CallConflictException or IOException or SocketException or TimeoutException or InvalidOperationException)
                {
                    bool permanent = exception is DbException database && _dialect.IsPermanent(database);
                    throw new CallStoreException($"The {Name} database cannot be used now: {exception.Message}", permanent, exception);
                }
            }
        },
        cancellationToken);

    private sealed class CallConflictException() : Exception("Another node changed the same call.");
}
