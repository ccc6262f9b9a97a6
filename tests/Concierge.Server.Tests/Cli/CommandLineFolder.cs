using Concierge.Server.Cli;

namespace Concierge.Server.Tests.Cli;

/// <summary>A folder of its own to run commands in, as a user does: with a <c>.env</c> and the node's data in it.</summary>
internal sealed class CommandLineFolder : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();

    public CommandLineFolder() => Directory.SetCurrentDirectory(Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("concierge-cli-").FullName;

    /// <summary>Runs a command.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = await ConciergeCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Path, recursive: true);
    }
}
