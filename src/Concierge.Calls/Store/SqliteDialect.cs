using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Concierge.Calls.Store;

/// <summary>SQLite: one file beside its write-ahead log; readers never wait for the writer.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly string _connectionString;

    public SqliteDialect(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = true,
            DefaultTimeout = 5, // seconds a statement waits for another process's transaction
        }.ToString();
    }

    public override string Name => "sqlite";

    public override string Identity => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public override string ForUpdate => ""; // BEGIN IMMEDIATE has the whole file

    public override string? MigrationLock => null;

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        SqliteConnection connection = new(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using SqliteCommand pragma = connection.CreateCommand();

            // NORMAL with WAL: nothing is lost when the process is killed; a power cut may take the last commits, never the file.
            // Each pooled connection keeps pages it has read, 2 MB of them by default; the system's own cache has them too.
            pragma.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA cache_size=-256;";
            await pragma.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public override bool IsConflict(DbException exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    public override bool IsPermanent(DbException exception) => exception is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    public override ValueTask DisposeAsync()
    {
        using SqliteConnection connection = new(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
