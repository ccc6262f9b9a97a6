using System.Data.Common;
using Npgsql;

namespace Concierge.Calls.Store;

/// <summary>PostgreSQL: the store of a fleet.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    private readonly NpgsqlDataSource _source;

    public PostgresDialect(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder = new(connectionString)
        {
            ApplicationName = "concierge",
            IncludeErrorDetail = false, // would quote values: numbers and words of calls
        };
        builder.Timeout = Math.Min(builder.Timeout, 5);
        _source = new NpgsqlDataSourceBuilder(builder.ToString()).Build();
    }

    public override string Name => "postgresql";

    public override string Identity => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";

    public override string ForUpdate => " FOR UPDATE";

    /// <summary>The number names this program's migrations among the database's advisory locks.</summary>
    public override string? MigrationLock => "SELECT pg_advisory_xact_lock(4859220178413483623)";

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    public override ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.BeginTransactionAsync(cancellationToken);

    public override bool IsConflict(DbException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    public override bool IsPermanent(DbException exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InsufficientPrivilege,
    };

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
