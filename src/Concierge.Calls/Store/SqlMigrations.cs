namespace Concierge.Calls.Store;

/// <summary>
/// The schema's history. A migration that was ever released is never changed; a new need is a new one at the end. Times are Unix milliseconds, so that both
/// databases keep and compare them alike; <c>record</c> and <c>data</c> are JSON.
/// </summary>
internal static class SqlMigrations
{
    /// <summary>All migrations in order; the first makes version 1.</summary>
    public static IReadOnlyList<string> For(SqlDialect dialect) =>
    [
        $"""
        CREATE TABLE calls (
            id TEXT PRIMARY KEY,
            call_sid TEXT,
            direction INTEGER NOT NULL,
            from_number TEXT,
            to_number TEXT,
            agent TEXT,
            node TEXT,
            state INTEGER NOT NULL,
            settled INTEGER NOT NULL,
            created_at BIGINT NOT NULL,
            answered_at BIGINT,
            ended_at BIGINT,
            duration_s BIGINT,
            updated_at BIGINT NOT NULL,
            version BIGINT NOT NULL,
            record TEXT NOT NULL);
        CREATE INDEX calls_by_sid ON calls (call_sid);
        CREATE INDEX calls_by_age ON calls (created_at, id);
        CREATE INDEX calls_by_called ON calls (to_number, created_at);
        CREATE INDEX calls_by_caller ON calls (from_number, created_at);
        CREATE INDEX calls_unsettled ON calls (settled) WHERE settled = 0;
        CREATE TABLE call_facts (
            position {dialect.Identity},
            fact_id TEXT NOT NULL UNIQUE,
            call_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            at BIGINT NOT NULL,
            data TEXT NOT NULL);
        CREATE INDEX call_facts_by_call ON call_facts (call_id, position);
        CREATE TABLE deleted_calls (id TEXT PRIMARY KEY, at BIGINT NOT NULL);
        CREATE TABLE spent_tokens (token TEXT PRIMARY KEY, expires_at BIGINT NOT NULL);
        CREATE INDEX spent_tokens_by_expiry ON spent_tokens (expires_at);
        CREATE TABLE nodes (name TEXT PRIMARY KEY, incarnation TEXT NOT NULL, seen_at BIGINT NOT NULL);
        CREATE TABLE conversations (session_id TEXT PRIMARY KEY, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
        CREATE TABLE conversation_items (position {dialect.Identity}, session_id TEXT NOT NULL, data TEXT NOT NULL);
        CREATE INDEX conversation_items_by_session ON conversation_items (session_id, position);
        """,
    ];
}
