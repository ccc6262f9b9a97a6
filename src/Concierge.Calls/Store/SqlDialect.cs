using System.Data.Common;

namespace Concierge.Calls.Store;

/// <summary>What two databases say differently; everything else of the store's SQL is common to both.</summary>
internal abstract class SqlDialect : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>The type of a column that numbers its rows in the order they were inserted.</summary>
    public abstract string Identity { get; }

    /// <summary>Ends a SELECT whose rows nobody else may change until the transaction is over.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Opens a connection.</summary>
    public abstract ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that will write.</summary>
    public abstract ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Keeps other nodes from migrating until the transaction ends; null when a transaction does that by itself.</summary>
    public abstract string? MigrationLock { get; }

    /// <summary>Whether a failed transaction is worth repeating at once: it lost against another one.</summary>
    public abstract bool IsConflict(DbException exception);

    /// <summary>Whether repeating never helps: the file is no database, the schema is gone, the password is wrong.</summary>
    public abstract bool IsPermanent(DbException exception);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
