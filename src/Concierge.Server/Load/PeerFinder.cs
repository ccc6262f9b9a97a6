using System.ComponentModel;
using System.Diagnostics;
using Concierge.Server.Shell;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>Finds the peers that a run is to be compared with, and fetches ws from npm when asked, into a folder of its own that goes with it.</summary>
/// <param name="start">Where the checkout is looked for, upwards.</param>
/// <param name="mode">What the bridges give the model.</param>
/// <param name="installsWs">Whether ws is fetched.</param>
internal sealed class PeerFinder(string start, LoadMode mode, bool installsWs) : IDisposable
{
    public const string Plain = "plain";
    public const string NodeJs = "nodejs";
    public const string Python = "python";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private string? _folder;

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Plain, NodeJs, Python];

    /// <summary>Finds one.</summary>
    /// <exception cref="CommandException">It is not there; says what is missing and how to come by it.</exception>
    public async Task<PeerBridge> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (name != Plain && mode != LoadMode.MuLaw)
        {
            throw new CommandException(ExitCodes.Usage, $"--peers {name}: this bridge passes mu-law through and cannot transcode; measure it with --mode pcmu.");
        }

        string bench = Bench() ?? throw new CommandException(
            ExitCodes.Failed, $"--peers {name}: the peers are programs of the repository (bench/Peers, bench/Concierge.PlainBridge), and there is none above {start}. Run load in a checkout, or start the bridge by --command.");
        return name switch
        {
            Plain => FindPlain(bench),
            NodeJs => await FindNodeJsAsync(Path.Combine(bench, "Peers", "bridge.cjs"), cancellationToken),
            _ => await FindPythonAsync(Path.Combine(bench, "Peers", "bridge.py"), cancellationToken),
        };
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static PeerBridge FindPlain(string bench)
    {
        string program = Path.Combine(bench, "Concierge.PlainBridge", "bin", "Release", "net10.0", "Concierge.PlainBridge.dll");
        return File.Exists(program)
            ? new PeerBridge(Plain, $"System.Net.WebSockets and System.Text.Json on Kestrel, .NET {Environment.Version}", "dotnet", [program], new Dictionary<string, string?>())
            : throw new CommandException(ExitCodes.Failed, $"--peers {Plain}: {program} is not there. Build it: dotnet build -c Release bench/Concierge.PlainBridge");
    }

    private async Task<PeerBridge> FindNodeJsAsync(string script, CancellationToken cancellationToken)
    {
        if (!(await TryAsync("node", ["--version"], [], cancellationToken)).Works)
        {
            throw new CommandException(ExitCodes.Failed, $"--peers {NodeJs}: node is not on the PATH. On Debian: apt-get install nodejs node-ws");
        }

        const string NodeVersions = "process.version + ' with ws ' + require(require('path').join(require.resolve('ws'), '..', 'package.json')).version";
        Dictionary<string, string?> environment = [];
        if (installsWs)
        {
            // bufferutil is what ws masks with, where it is there.
            _folder ??= Directory.CreateTempSubdirectory("concierge-peers-").FullName;
            (bool installed, string why) = await TryAsync("npm", ["install", "--prefix", _folder, "--no-audit", "--no-fund", "--loglevel", "error", "ws", "bufferutil"], [], cancellationToken);
            if (!installed)
            {
                throw new CommandException(ExitCodes.Failed, $"--install-ws: npm could not install ws. It said: {why}. Where npm itself is missing, on Debian: apt-get install npm");
            }

            environment["NODE_PATH"] = Path.Combine(_folder, "node_modules");
        }

        (bool works, string said) = await TryAsync("node", ["-p", NodeVersions], environment, cancellationToken);
        if (!works)
        {
            // Debian's packages are not where a Node.js from elsewhere looks.
            environment["NODE_PATH"] = "/usr/share/nodejs";
            (works, said) = await TryAsync("node", ["-p", NodeVersions], environment, cancellationToken);
        }

        return works
            ? new PeerBridge(NodeJs, $"Node.js {said}", "node", [script], environment)
            : throw new CommandException(ExitCodes.Failed, $"--peers {NodeJs}: Node.js has no package ws. Give --install-ws to fetch it from npm into a temporary folder, or on Debian: apt-get install node-ws");
    }

    private async Task<PeerBridge> FindPythonAsync(string script, CancellationToken cancellationToken)
    {
        const string PythonVersions = "import sys, websockets.version as w; print(sys.version.split()[0], 'with websockets', w.version)";
        bool there = false;

        // A Python of the user's own often stands before the distribution's, which has the distribution's packages.
        foreach (string program in (string[])["python3", "/usr/bin/python3"])
        {
            if (!(await TryAsync(program, ["--version"], [], cancellationToken)).Works)
            {
                continue;
            }

            there = true;
            (bool works, string said) = await TryAsync(program, ["-c", PythonVersions], [], cancellationToken);
            if (works)
            {
                (bool quick, _) = await TryAsync(program, ["-c", "import uvloop"], [], cancellationToken);
                return new PeerBridge(Python, $"Python {said}{(quick ? " on uvloop" : "")}", program, [script], new Dictionary<string, string?>());
            }
        }

        throw new CommandException(ExitCodes.Failed, there
            ? $"--peers {Python}: Python has no package websockets. Install it with pip, or on Debian: apt-get install python3-websockets"
            : $"--peers {Python}: python3 is not on the PATH. On Debian: apt-get install python3-websockets");
    }

    /// <summary>Runs a program to its end; what it printed, the last line when it worked.</summary>
    private static async Task<(bool Works, string Said)> TryAsync(string program, string[] arguments, Dictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        ProcessStartInfo startInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in environment)
        {
            startInfo.Environment[name] = value;
        }

        Process? process = null;
        try
        {
            process = Process.Start(startInfo);
            if (process is null)
            {
                return (false, "");
            }

            using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(s_patience);
            Task<string> output = process.StandardOutput.ReadToEndAsync(bound.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return process.ExitCode == 0 ? (true, (await output).Trim().Split('\n')[^1]) : (false, (await error + await output).Trim());
        }
        catch (Win32Exception exception)
        {
            return (false, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, $"no end within {s_patience.TotalMinutes:0} minutes");
        }
        finally
        {
            if (process is { HasExited: false })
            {
                process.Kill(entireProcessTree: true);
            }

            process?.Dispose();
        }
    }

    private string? Bench()
    {
        foreach (string origin in (string[])[start, Directory.GetCurrentDirectory()])
        {
            for (DirectoryInfo? folder = new(origin); folder is not null; folder = folder.Parent)
            {
                string bench = Path.Combine(folder.FullName, "bench");
                if (File.Exists(Path.Combine(bench, "Peers", "bridge.cjs")))
                {
                    return bench;
                }
            }
        }

        return null;
    }
}
