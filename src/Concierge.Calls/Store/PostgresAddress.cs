using Npgsql;

namespace Concierge.Calls.Store;

/// <summary>Reads the address of a PostgreSQL database in either spelling.</summary>
public static class PostgresAddress
{
    /// <summary>Turns either spelling into Npgsql's.</summary>
    /// <param name="text"><c>Host=…;Database=…</c> or <c>postgresql://user:password@host:port/database?sslmode=require</c>.</param>
    /// <returns>A connection string.</returns>
    /// <exception cref="FormatException">The text is neither. The message never quotes the password.</exception>
    public static string ToConnectionString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            NpgsqlConnectionStringBuilder builder = text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUrl(text)
                : new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(builder.Host) ? throw new FormatException("The database's address names no host.") : builder.ToString();
        }
        catch (ArgumentException)
        {
            throw new FormatException("The database's address has an unknown part; write postgresql://user:password@host:port/database.");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || url.AbsolutePath.Trim('/').Contains('/', StringComparison.Ordinal))
        {
            throw new FormatException("The database's address is not postgresql://user:password@host:port/database.");
        }

        string[] user = url.UserInfo.Split(':', 2);
        NpgsqlConnectionStringBuilder builder = new() { Host = url.Host };
        builder.Port = url.Port > 0 ? url.Port : builder.Port;
        builder.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : builder.Username;
        builder.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : builder.Password;
        string database = Uri.UnescapeDataString(url.AbsolutePath.Trim('/'));
        builder.Database = database.Length > 0 ? database : builder.Database;
        foreach (string pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string name = Uri.UnescapeDataString(parts[0]);
            string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            builder[name.Equals("sslmode", StringComparison.OrdinalIgnoreCase) ? "SSL Mode" : name] = value.Replace("-", "", StringComparison.Ordinal);
        }

        return builder;
    }
}
