namespace Concierge.Calls.Store;

/// <summary>Opens stores.</summary>
public static class CallStores
{
    /// <summary>A SQLite file, made when missing, its folder too. For one node; several processes may open the same file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The store; call <see cref="ICallStore.MigrateAsync"/> first.</returns>
    /// <exception cref="CallStoreException">The folder cannot be made.</exception>
    public static ICallStore Sqlite(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
            if (folder is not null && !Directory.Exists(folder))
            {
                // What was said on the telephone is nobody else's business on this machine.
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                }
                else
                {
                    Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CallStoreException($"The folder of the database cannot be made: {exception.Message}", isPermanent: true, exception);
        }

        return new SqlCallStore(new SqliteDialect(path), time);
    }

    /// <summary>A PostgreSQL database, shared by a fleet.</summary>
    /// <param name="connectionString">As Npgsql takes it, or <c>postgresql://user:password@host:port/database?sslmode=require</c>.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The store; call <see cref="ICallStore.MigrateAsync"/> first.</returns>
    /// <exception cref="FormatException">The text is neither. The message does not quote it.</exception>
    public static ICallStore Postgres(string connectionString, TimeProvider time) =>
        new SqlCallStore(new PostgresDialect(PostgresAddress.ToConnectionString(connectionString)), time);
}
