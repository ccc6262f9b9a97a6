using System.Diagnostics;

namespace Concierge.TestKit;

/// <summary>
/// A private PostgreSQL cluster in a temporary folder, made with <c>initdb</c> and run with <c>pg_ctl</c>, on a free port of this machine. PostgreSQL refuses to
/// run as root, so under root it runs as <c>postgres</c>. One per test program: <see cref="SharedAsync"/>; a test that stops it takes one of its own.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresCluster?>> s_shared = new(StartOwnAsync);

    private readonly string _binaries;
    private readonly string _folder;
    private readonly int _port;
    private int _databases;

    private PostgresCluster(string binaries, string folder, int port)
    {
        _binaries = binaries;
        _folder = folder;
        _port = port;
    }

    /// <summary>Why there is none, in words for a skipped test.</summary>
    public static string Missing { get; private set; } = "";

    /// <summary>The cluster of this test program; <see cref="EndSharedAsync"/> ends it.</summary>
    /// <returns>Null when PostgreSQL is not installed or cannot run; <see cref="Missing"/> says why.</returns>
    public static Task<PostgresCluster?> SharedAsync() => s_shared.Value;

    /// <summary>
    /// Stops the shared cluster, if any test has asked for it, and removes its files: when the tests are over and before the program is, since the runner kills a program that takes
    /// long to end and calls that a failure.
    /// </summary>
    public static async ValueTask EndSharedAsync()
    {
        if (s_shared.IsValueCreated && await s_shared.Value is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }

    /// <summary>A cluster for one test.</summary>
    /// <returns>Null when PostgreSQL is not installed or cannot run; <see cref="Missing"/> says why.</returns>
    public static async Task<PostgresCluster?> StartOwnAsync()
    {
        if (FindBinaries() is not { } binaries)
        {
            Missing = "PostgreSQL is not installed (Debian: apt-get install postgresql).";
            return null;
        }

        try
        {
            string folder = (await RunAsync("mktemp", ["-d", "/tmp/concierge-pg-XXXXXX"])).Trim();
            await RunAsync(Path.Combine(binaries, "initdb"), ["-D", folder + "/data", "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]);
            PostgresCluster cluster = new(binaries, folder, LocalPorts.Free());
            await cluster.StartAsync();
            return cluster;
        }
        catch (InvalidOperationException exception)
        {
            Missing = exception.Message;
            return null;
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"t{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await RunAsync(Path.Combine(_binaries, "createdb"), ["-h", "127.0.0.1", "-p", $"{_port}", "-U", "test", name]);
        return $"Host=127.0.0.1;Port={_port};Username=test;Database={name};Timeout=5;Maximum Pool Size=10";
    }

    /// <summary>Starts the server after <see cref="StopAsync"/>.</summary>
    public Task StartAsync() => RunAsync(
        Path.Combine(_binaries, "pg_ctl"),
        ["-D", _folder + "/data", "-w", "-t", "60", "-l", _folder + "/log", "-o", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_folder} -c fsync=off -c max_connections=50", "start"]);

    /// <summary>Stops the server at once, as a crash would; what was committed stays.</summary>
    public Task StopAsync() => RunAsync(Path.Combine(_binaries, "pg_ctl"), ["-D", _folder + "/data", "-m", "immediate", "-w", "stop"]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // Stopped already.
        }

        await RunAsync("rm", ["-rf", _folder]);
    }

    private static string? FindBinaries()
    {
        string debian = "/usr/lib/postgresql";
        IEnumerable<string> folders = Directory.Exists(debian)
            ? Directory.EnumerateDirectories(debian).OrderByDescending(f => int.TryParse(Path.GetFileName(f), out int version) ? version : 0).Select(f => Path.Combine(f, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "pg_ctl")));
    }

    /// <summary>Runs a program to its end, as <c>postgres</c> when this process is root. Output goes to a file: a server left behind would keep a pipe open.</summary>
    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        bool root = Environment.UserName == "root";
        string output = Path.GetTempFileName();
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(output);
        string[] prefix = root ? ["runuser", "-u", "postgres", "--"] : [];
        foreach (string argument in prefix.Append(program).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
            await process.WaitForExitAsync();
            string said = await File.ReadAllTextAsync(output);
            return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{Path.GetFileName(program)} failed with {process.ExitCode}: {said.Trim()}");
        }
        finally
        {
            File.Delete(output);
        }
    }
}
